import { SvelteSet } from 'svelte/reactivity';
import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Point, SelfView } from '#lib/layout/callOfTwo.ts';
import type { Layout } from '#lib/layout/stage.ts';
import { recallSelfView, rememberSelfView } from './selfView.ts';

/**
 * How the person views the call: the layout and the self-view, which are remembered, the pinned tiles, and the page of
 * tiles.
 */
export class StageState {
	#layout = $state<Layout>(recallPreferences().layout);
	#selfView = $state.raw<SelfView>(recallSelfView());
	/** The page of tiles, counted from 0. The stage keeps it within the existing pages. */
	page = $state(0);
	/** Keys of tiles. Those of people who left do no harm: their ids are never used again. */
	readonly pinned = new SvelteSet<string>();
	/**
	 * Whether the first picture is shown, or none is awaited. Parts that the picture does not need load only then, because
	 * loading and running code takes processor time from the first frame.
	 */
	settled = $state(false);
	/** Whether the own picture floats over the other one. */
	floats = $state(false);
	/** Where the own picture is while it is dragged, in pixels of the stage. */
	dragged = $state.raw<Point | null>(null);

	get layout(): Layout {
		return this.#layout;
	}

	get selfView(): SelfView {
		return this.#selfView;
	}

	choose(layout: Layout): void {
		this.#layout = layout;
		this.page = 0;
		rememberPreferences({ layout });
	}

	changeSelfView(change: Partial<SelfView>): void {
		this.#selfView = { ...this.#selfView, ...change };
		rememberSelfView(this.#selfView);
	}

	togglePin(key: string): void {
		if (!this.pinned.delete(key)) this.pinned.add(key);
	}
}
