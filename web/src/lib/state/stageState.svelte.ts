import { SvelteSet } from 'svelte/reactivity';
import { recallPreferences, rememberPreferences } from '../call/preferences.ts';
import type { Layout } from '../layout/stage.ts';

/** How the person looks at the call: the layout, which is remembered, what they pinned, and the page. */
export class StageState {
	#layout = $state<Layout>(recallPreferences().layout);
	/** Of the pages of tiles, from 0. The stage keeps it within what there is. */
	page = $state(0);
	/** Keys of tiles. Those of people who left do no harm: their ids are never used again. */
	readonly pinned = new SvelteSet<string>();

	get layout(): Layout {
		return this.#layout;
	}

	choose(layout: Layout): void {
		this.#layout = layout;
		this.page = 0;
		rememberPreferences({ layout });
	}

	togglePin(key: string): void {
		if (!this.pinned.delete(key)) this.pinned.add(key);
	}
}
