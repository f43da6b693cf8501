/** How much each holds of something that is bounded. Who holds nothing is not remembered. */
export class Tally<Key> {
	readonly #held = new Map<Key, number>();
	#all = 0;

	/** How much all hold together. */
	get all(): number {
		return this.#all;
	}

	of(key: Key): number {
		return this.#held.get(key) ?? 0;
	}

	/** One more. @returns what gives it back; calling it again changes nothing. */
	take(key: Key): () => void {
		this.#held.set(key, this.of(key) + 1);
		this.#all++;
		let taken = true;
		return () => {
			if (!taken) return;
			taken = false;
			this.#all--;
			const left = this.of(key) - 1;
			if (left > 0) this.#held.set(key, left);
			else this.#held.delete(key);
		};
	}
}
