/** Counts how many units of a bounded resource each key holds. A key that holds none is not stored. */
export class Tally<Key> {
	readonly #held = new Map<Key, number>();
	#all = 0;

	/** How many units all keys hold together. */
	get all(): number {
		return this.#all;
	}

	of(key: Key): number {
		return this.#held.get(key) ?? 0;
	}

	/** Takes one more unit. @returns a function that gives it back; calling it again changes nothing. */
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
