import { setTimeout as pause } from 'node:timers/promises';
import { processUse } from '../processUse.ts';
import type { MeasuredService } from '../processes.ts';

export const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** What the service uses of a core while this is done: all of its threads, and the main one. */
export async function used({ pid }: Pick<MeasuredService, 'pid'>, task: () => Promise<void>) {
	const [before, began] = [processUse(pid), performance.now()];
	await task();
	const [after, took] = [processUse(pid), performance.now() - began];
	return {
		took,
		cpu: (after.cpu - before.cpu) / took,
		main: (after.main - before.main) / took,
	};
}

/** When things are due that come so many times a second, and how late this process was with each. */
export class Schedule {
	readonly #began = performance.now();
	readonly #rate: number;
	/** In ms. */
	readonly lateness: number[] = [];

	constructor(rate: number) {
		this.#rate = rate;
	}

	/**
	 * Waits for the one of this number.
	 *
	 * @returns from when it counts. Where this process is late, that is when it was due: a late one must not look fast.
	 */
	async due(count: number): Promise<number> {
		const time = this.#began + (count * 1000) / this.#rate;
		const wait = time - performance.now();
		// Even the shortest pause takes a millisecond, in which others are due.
		if (wait > 0) await pause(wait);
		const now = performance.now();
		this.lateness.push(Math.max(0, now - time));
		return Math.min(time, now);
	}
}
