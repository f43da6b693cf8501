import { on } from 'svelte/events';
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => on(document, 'fullscreenchange', update));

/** The page, or a part of it, on the whole screen, where the browser can; those of iPhones cannot. */
export const fullScreen = {
	get possible(): boolean {
		return document.fullscreenEnabled;
	},

	/** Whether it is so now. Reactive. */
	get on(): boolean {
		subscribe();
		return document.fullscreenElement !== null;
	},

	/** To be called right from a click or a key. */
	toggle(element: Element = document.documentElement): void {
		if (!document.fullscreenEnabled) return;
		const done = document.fullscreenElement
			? document.exitFullscreen()
			: element.requestFullscreen({ navigationUI: 'hide' });
		// The browser may refuse; then nothing changes, and that can be seen.
		done.catch(() => undefined);
	},
};
