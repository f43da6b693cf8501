import { takesText } from '#lib/browser/shortcuts.ts';

/** The microphone, as far as talking by a key goes. */
export type Talking = {
	/** Whether holding the key does something now: one is muted, may speak, and wants it so. */
	ready: () => boolean;
	set: (on: boolean) => void;
};

/** How long the space bar is held on a button until it is no press of that button any more, in ms. */
const hold = 300;

/**
 * Unmutes for as long as the space bar is held, except where a space is a space, and in menus and dialogs. On
 * a button a short press is for the button, and only a longer one talks. Also when the page loses sight of
 * the key, one is muted again.
 */
export function pushToTalk({ ready, set }: Talking) {
	let talking = false;
	let waiting: ReturnType<typeof setTimeout> | null = null;

	const begin = (): void => {
		waiting = null;
		if (!ready()) return;
		talking = true;
		set(true);
	};
	const end = (): void => {
		if (waiting !== null) clearTimeout(waiting);
		waiting = null;
		if (!talking) return;
		talking = false;
		set(false);
	};
	return {
		keydown(event: KeyboardEvent): void {
			if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
			if (talking) return event.preventDefault();
			if (waiting !== null || event.repeat || event.defaultPrevented) return;
			if (needsSpace(event.target) || !ready()) return;
			if (isPressedBySpace(event.target)) {
				waiting = setTimeout(begin, hold);
				return;
			}
			event.preventDefault();
			begin();
		},
		keyup(event: KeyboardEvent): void {
			if (event.key !== ' ') return;
			// Else the button that was held would be pressed now.
			if (talking) event.preventDefault();
			end();
		},
		end,
	};
}

/** Whether the space bar is for nothing else where the focus is. */
function needsSpace(target: EventTarget | null): boolean {
	if (takesText(target)) return true;
	return target instanceof Element && target.closest('dialog:modal, [popover]') !== null;
}

function isPressedBySpace(target: EventTarget | null): boolean {
	return target instanceof Element && target.closest('button, summary, [role="button"]') !== null;
}
