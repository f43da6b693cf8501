import type { PeerId } from '#shared/ids.ts';
import type { ReactionView } from './view.ts';

/** How long a reaction is shown, in ms. */
const shownFor = 4000;
/** How many reactions of one person are shown at a time, so that one person does not cover the others. */
const mostOfOne = 5;

/** The reactions of the last seconds. */
export class Reactions {
	#shown = $state.raw<readonly ReactionView[]>([]);
	readonly #timers = new Set<ReturnType<typeof setTimeout>>();
	#count = 0;

	get shown(): readonly ReactionView[] {
		return this.#shown;
	}

	add(peerId: PeerId, emoji: string): void {
		if (this.#shown.filter((one) => one.peerId === peerId).length >= mostOfOne) return;
		const reaction = { key: ++this.#count, peerId, emoji };
		this.#shown = [...this.#shown, reaction];
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			this.#shown = this.#shown.filter((one) => one !== reaction);
		}, shownFor);
		this.#timers.add(timer);
	}

	close(): void {
		for (const timer of this.#timers) clearTimeout(timer);
	}
}
