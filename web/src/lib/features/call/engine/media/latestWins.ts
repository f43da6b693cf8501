/**
 * Applies values one after the other, of which only the newest counts: a value that is replaced while an earlier one
 * is being applied is never applied. For steps that must not overlap, such as `RTCRtpSender.setParameters`. A step
 * handles its own failure; the next one still runs.
 */
export class LatestWins<T> {
	readonly #apply: (value: T) => Promise<void>;
	#next: { value: T } | null = null;
	#running: Promise<void> | null = null;

	constructor(apply: (value: T) => Promise<void>) {
		this.#apply = apply;
	}

	/** Resolves when the newest value of that time was applied. Never rejects. */
	set(value: T): Promise<void> {
		this.#next = { value };
		this.#running ??= this.#run();
		return this.#running;
	}

	/** Forgets the value that waits. */
	close(): void {
		this.#next = null;
	}

	async #run(): Promise<void> {
		while (this.#next) {
			const { value } = this.#next;
			this.#next = null;
			try {
				await this.#apply(value);
			} catch {
				// The next value, or the end, replaces a value that could not be applied.
			}
		}
		this.#running = null;
	}
}
