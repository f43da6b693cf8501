import { isComposing } from '#lib/browser/composition.ts';

/** The action of a key in the text box. */
export type KeyAction =
	| 'send'
	/** Stops answering, editing or correcting. */
	| 'stop'
	/** Edits the person's last message. */
	| 'edit-last'
	/** Move through the suggestions, take one, or close them. */
	| 'next'
	| 'previous'
	| 'choose'
	| 'dismiss';

/** The part of a key event that decides. */
type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'isComposing' | 'keyCode'>;

/** The state of the text box. */
type BoxState = {
	readonly suggesting: boolean;
	/** With a screen keyboard, Enter begins a new line, because no other key does. */
	readonly touch: boolean;
	readonly empty: boolean;
	readonly revising: boolean;
	readonly replying: boolean;
};

/** The action of a key; null if the key does what it does in any text field. */
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
