import { createSubscriber } from 'svelte/reactivity';
import { on } from 'svelte/events';

/** Whether the person looks at this page. Reactive. */
class PageFocus {
	readonly #changes = createSubscriber((update) => {
		const offs = [
			on(window, 'focus', update),
			on(window, 'blur', update),
			on(document, 'visibilitychange', update),
		];
		return () => offs.forEach((off) => off());
	});

	/** It is visible, and has the focus. */
	get here(): boolean {
		this.#changes();
		return document.visibilityState === 'visible' && document.hasFocus();
	}

	/** It lies behind another tab. */
	get hidden(): boolean {
		this.#changes();
		return document.visibilityState === 'hidden';
	}
}

export const pageFocus = new PageFocus();
