import { recallPreferences, rememberPreferences } from './call/preferences.ts';

/** What the person called themselves last; empty for somebody who is new here. */
export const rememberedName = (): string => recallPreferences().name;

/** Keeps it for the next time. */
export const rememberName = (name: string): void => rememberPreferences({ name });

/** Whether somebody has met strangers with this browser. */
export function haveMetStrangers(): boolean {
	try {
		return localStorage.getItem('parley:next') !== null;
	} catch {
		return false;
	}
}
