import { takesText } from '#lib/browser/shortcuts.ts';

/** The microphone as push-to-talk uses it. */
export type Talking = {
	/** Whether holding the key unmutes now: the person is muted, may speak, and has turned push-to-talk on. */
	ready: () => boolean;
	set: (on: boolean) => void;
};

/** How long the space bar is held on a button, in ms, until it does not press that button any more. */
const hold = 300;

/**
 * Unmutes for as long as the space bar is held. Text fields, menus and dialogs keep the space bar for themselves. On a
 * button a short press is for the button, and only a longer one talks. When the page loses the keyboard, the person is
 * muted again.
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
			// Otherwise the focused button would be pressed now.
			if (talking) event.preventDefault();
			end();
		},
		end,
	};
}

/** Whether the element with the focus needs the space bar for itself. */
function needsSpace(target: EventTarget | null): boolean {
	if (takesText(target)) return true;
	return target instanceof Element && target.closest('dialog:modal, [popover]') !== null;
}

function isPressedBySpace(target: EventTarget | null): boolean {
	return target instanceof Element && target.closest('button, summary, [role="button"]') !== null;
}
