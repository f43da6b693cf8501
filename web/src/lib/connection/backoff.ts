/** How the pauses between attempts grow, in milliseconds. */
export type Pace = { first: number; factor: number; most: number };

/**
 * One waiting attempt at a time, with pauses that grow from one to the next until it is reset. Pauses are
 * shortened at random by up to a quarter, so that a room full of clients does not return in one instant.
 */
export class Backoff {
	readonly #pace: Pace;
	#attempts = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;

	constructor(pace: Pace) {
		this.#pace = pace;
	}

	/**
	 * Runs the attempt after the next pause, unless one is waiting already.
	 *
	 * @returns the pause in ms; 0 if one is waiting.
	 */
	schedule(attempt: () => void): number {
		if (this.#timer !== null) return 0;
		const pause = pauseBefore(this.#pace, this.#attempts++) * (1 - Math.random() / 4);
		this.#timer = setTimeout(() => {
			this.#timer = null;
			attempt();
		}, pause);
		return pause;
	}

	/** Whether an attempt waits. */
	get waiting(): boolean {
		return this.#timer !== null;
	}

	/** Forgets the waiting attempt. The pauses keep growing. */
	cancel(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	/** The attempt succeeded: the next pause is the shortest again. */
	reset(): void {
		this.cancel();
		this.#attempts = 0;
	}
}

/** The pause before an attempt, counted from 0, before chance shortens it. */
export function pauseBefore({ first, factor, most }: Pace, attempt: number): number {
	return Math.min(most, first * factor ** attempt);
}
