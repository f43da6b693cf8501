import { recallPreferences, rememberPreferences } from './call/preferences.ts';

/** Kept where somebody may be known to others who never said a name in a room. */
const key = 'parley:known';

/** What the person called themselves last; empty for somebody who is new here. */
export const rememberedName = (): string => recallPreferences().name;

/** Keeps it for the next time. */
export const rememberName = (name: string): void => rememberPreferences({ name });

/** Whether anybody may know whoever uses this browser: they said a name, became a contact, or have an account. */
export function isKnown(): boolean {
	try {
		return localStorage.getItem(key) !== null || rememberedName() !== '';
	} catch {
		// Where nothing can be kept, nobody is known.
		return false;
	}
}

/** From now on they are known to others: by this name, if they said none before. */
export function becomeKnown(name: string | null): void {
	try {
		localStorage.setItem(key, '');
		if (name && rememberedName() === '') rememberName(name);
	} catch {
		// Then nothing else is kept either.
	}
}

/** Nobody knows them any more. */
export function becomeUnknown(): void {
	rememberName('');
	try {
		localStorage.removeItem(key);
	} catch {
		// Then it was never kept.
	}
}
