import { takesText } from './shortcuts.ts';

/** The microphone, as far as talking by a key goes. */
export type Talking = {
	/** Whether holding the key does something now: one is muted, may speak, and wants it so. */
	ready: () => boolean;
	set: (on: boolean) => void;
};

/**
 * Unmutes for as long as the space bar is held, except where a space is a space or presses a button. Also when
 * the page loses sight of the key, one is muted again.
 */
export function pushToTalk({ ready, set }: Talking) {
	let held = false;

	const end = (): void => {
		if (!held) return;
		held = false;
		set(false);
	};
	return {
		keydown(event: KeyboardEvent): void {
			if (event.key !== ' ' || event.ctrlKey || event.metaKey || event.altKey) return;
			if (!held && (event.defaultPrevented || pressesSomething(event.target) || !ready())) return;
			event.preventDefault();
			if (held || event.repeat) return;
			held = true;
			set(true);
		},
		keyup(event: KeyboardEvent): void {
			if (event.key === ' ') end();
		},
		blur: end,
	};
}

/** Whether the space bar has a meaning where the focus is. */
function pressesSomething(target: EventTarget | null): boolean {
	if (takesText(target)) return true;
	return target instanceof HTMLElement && target.closest('button, a, summary, dialog') !== null;
}
