import type { FrameCount } from './frameMessages.ts';

/** How long nothing of a producer opens before it is said, in ms: a new secret may be on its way. */
const patience = 4000;

/** Which producers send frames of which none opens, and how many did not open so far. */
export class UnopenedFrames {
	#counts: ReadonlyMap<string, FrameCount> = new Map();
	/** Since when frames of a producer come and none opens, in ms. */
	readonly #since = new Map<string, number>();

	/**
	 * @param counts of all producers that are received now.
	 * @param now in ms.
	 */
	note(counts: readonly FrameCount[], now: number): void {
		const before = this.#counts;
		this.#counts = new Map(counts.map((count) => [count.source, count]));
		for (const source of this.#since.keys())
			if (!this.#counts.has(source)) this.#since.delete(source);
		for (const { source, opened, failed } of counts) {
			const last = before.get(source);
			// Counters of a stream that was begun anew are smaller.
			const opens = opened !== (last?.opened ?? 0);
			const fails = failed !== (last?.failed ?? 0);
			if (opens || !fails) this.#since.delete(source);
			else if (!this.#since.has(source)) this.#since.set(source, now);
		}
	}

	/** Whether frames of a producer have come for some seconds, and none of them opened. @param now in ms. */
	isUnopened(source: string, now: number): boolean {
		const since = this.#since.get(source);
		return since !== undefined && now - since >= patience;
	}

	/** How many frames of a producer did not open; 0 for one that is not received. */
	failed(source: string): number {
		return this.#counts.get(source)?.failed ?? 0;
	}
}
