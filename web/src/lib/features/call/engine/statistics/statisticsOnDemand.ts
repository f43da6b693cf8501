import { loadPart } from '#lib/browser/loadPart.ts';
import type { StatisticsEvents, StatisticsWatch } from './statistics.ts';

/** Measures how media flows while the statistics are open. Their code is loaded when they are opened first. */
export class StatisticsOnDemand {
	readonly #events: StatisticsEvents;
	#watch: StatisticsWatch | null = null;
	#closed = false;

	constructor(events: StatisticsEvents) {
		this.#events = events;
	}

	/** @returns what ends it. */
	watch(): () => void {
		let watching = true;
		let end = (): void => undefined;
		void this.#load().then((watch) => {
			if (watching && watch) end = watch.watch();
		});
		return () => {
			watching = false;
			end();
		};
	}

	close(): void {
		this.#closed = true;
		this.#watch?.close();
	}

	/** Null if the code cannot be loaded. It is loaded again when the statistics are opened again. */
	async #load(): Promise<StatisticsWatch | null> {
		const code = await loadPart(() => import('./statistics.ts')).catch(() => null);
		if (!code || this.#closed) return null;
		return (this.#watch ??= new code.StatisticsWatch(this.#events));
	}
}
