/** How often it is told at most how far one has read, in ms. */
const pace = 1000;

/** Tells the server how far the person has read: the last position, no oftener than it matters. */
export class ReadMarker {
	readonly #tell: (seq: number) => Promise<boolean>;
	#wanted = 0;
	#told = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	/** @param tell resolves with whether it was told; what was not is told at the next occasion. */
	constructor(tell: (seq: number) => Promise<boolean>) {
		this.#tell = tell;
	}

	/** The person has read up to there. */
	mark(seq: number): void {
		this.#wanted = Math.max(this.#wanted, seq);
		this.resume();
	}

	/** The server listens again. */
	resume(): void {
		if (this.#timer === null) this.flush();
	}

	/** Tells it at once: the person turns away, maybe for good. */
	flush(): void {
		if (this.#closed || this.#wanted <= this.#told) return;
		if (this.#timer !== null) clearTimeout(this.#timer);
		const seq = this.#wanted;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			if (this.#wanted > seq) this.resume();
		}, pace);
		// What was not told is told with the next message, or on the next connection.
		this.#tell(seq).then(
			(told) => {
				if (told) this.#told = Math.max(this.#told, seq);
			},
			() => undefined,
		);
	}

	close(): void {
		this.#closed = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
	}
}
