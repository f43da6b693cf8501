/** The least time between two reports of how far the person has read, in ms. */
const pace = 1000;

/** Reports to the server how far the person has read: only the latest position, and no more often than necessary. */
export class ReadMarker {
	readonly #tell: (seq: number) => Promise<boolean>;
	#wanted = 0;
	#told = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	/** @param tell resolves with whether the server heard it; otherwise it is reported at the next occasion */
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

	/** Reports at once: the person turns away, and may not come back. */
	flush(): void {
		if (this.#closed || this.#wanted <= this.#told) return;
		if (this.#timer !== null) clearTimeout(this.#timer);
		const seq = this.#wanted;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			if (this.#wanted > seq) this.resume();
		}, pace);
		// A position that was not heard is reported with the next message, or on the next connection.
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
