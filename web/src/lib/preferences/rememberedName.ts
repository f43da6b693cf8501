import { recallPreferences, rememberPreferences } from './preferences.ts';

/** Is set for a person who may be known to others without having given a name in a room. */
const key = 'parley:known';

/** The name that the person used last; empty for a person who is new here. */
export const rememberedName = (): string => recallPreferences().name;

/** Keeps it for the next time. */
export const rememberName = (name: string): void => rememberPreferences({ name });

/** Whether others may know the person: they gave a name, became a contact, or have an account. */
export function isKnown(): boolean {
	try {
		return localStorage.getItem(key) !== null || rememberedName() !== '';
	} catch {
		// Where nothing can be kept, no one is known.
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

/** Forgets the name, and that others may know the person. */
export function becomeUnknown(): void {
	rememberName('');
	try {
		localStorage.removeItem(key);
	} catch {
		// Then it was never kept.
	}
}
