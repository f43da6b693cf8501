import type { RingId } from '#shared/ids.ts';

/** At most one running timer for each ring. */
export class RingTimers {
	readonly #timers = new Map<RingId, NodeJS.Timeout>();

	/**
	 * Replaces the ring's running timer.
	 *
	 * @param delay in ms.
	 */
	set(ringId: RingId, delay: number, then: () => void): void {
		this.stop(ringId);
		const timer = setTimeout(() => {
			this.#timers.delete(ringId);
			then();
		}, delay);
		this.#timers.set(ringId, timer);
	}

	stop(ringId: RingId): void {
		clearTimeout(this.#timers.get(ringId));
		this.#timers.delete(ringId);
	}

	close(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
	}
}
