import { recallPreferences, rememberPreferences } from './call/preferences.ts';

/** What the person called themselves last; empty for somebody who is new here. */
export const rememberedName = (): string => recallPreferences().name;

/** Keeps it for the next time. */
export const rememberName = (name: string): void => rememberPreferences({ name });
