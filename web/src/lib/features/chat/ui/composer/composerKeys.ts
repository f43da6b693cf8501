import { isComposing } from '#lib/browser/composition.ts';

/** What a key does in the box. */
export type KeyAction =
	| 'send'
	/** Stops answering, editing or correcting. */
	| 'stop'
	/** Edits what one wrote last. */
	| 'edit-last'
	/** Through the suggestions, and taking or dismissing them. */
	| 'next'
	| 'previous'
	| 'choose'
	| 'dismiss';

/** As much of a key event as matters. */
type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>;

/** How things stand in the box. */
type BoxState = {
	readonly suggesting: boolean;
	/** On a screen keyboard Enter begins a line: there is no other key for it. */
	readonly touch: boolean;
	readonly empty: boolean;
	readonly revising: boolean;
	readonly replying: boolean;
};

/** What a key does; null where it does what it does in any text. */
export function keyAction(event: Key, now: BoxState): KeyAction | null {
	if (isComposing(event)) return null;
	const { key, shiftKey } = event;
	if (now.suggesting) {
		if (key === 'ArrowDown') return 'next';
		if (key === 'ArrowUp') return 'previous';
		if (key === 'Escape') return 'dismiss';
		if (key === 'Tab' || (key === 'Enter' && !shiftKey)) return 'choose';
		return null;
	}
	if (key === 'Enter' && !shiftKey && !now.touch) return 'send';
	if (key === 'Escape' && (now.revising || now.replying)) return 'stop';
	if (key === 'ArrowUp' && now.empty && !now.revising) return 'edit-last';
	return null;
}
