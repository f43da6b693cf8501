import { keyOf } from './shortcuts.ts';

type Keyed = Pick<
	KeyboardEvent,
	'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'repeat' | 'key' | 'code'
>;

/**
 * What a key does to a call that rings. Control and Shift on every system: with Command, browsers on a Mac have
 * uses of their own, and elsewhere a page that rings comes before what the browser would do.
 */
export function ringAnswer(event: Keyed): 'accept' | 'decline' | null {
	const { ctrlKey, shiftKey, metaKey, altKey, repeat } = event;
	if (!ctrlKey || !shiftKey || metaKey || altKey || repeat) return null;
	const key = keyOf(event);
	if (key === 'a') return 'accept';
	return key === 'd' ? 'decline' : null;
}

const isMac = (): boolean => /^(Mac|iPhone|iPad)/.test(navigator.platform);

/** What is written on the keys that accept. */
export const acceptKeys = (): string => (isMac() ? '⌃⇧A' : 'Ctrl Shift A');
export const declineKeys = (): string => (isMac() ? '⌃⇧D' : 'Ctrl Shift D');
