import type { Log } from '../log.ts';

/** Waits between the attempts at one task, in ms: about two minutes in all. */
const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/** Tasks that may wait. */
const most = 10_000;

/**
 * What is written down without anybody waiting for it: one task after the other, each tried again for a while
 * when the database is away. Calls go on meanwhile.
 */
export class Backlog {
	readonly #log: Log;
	#tasks: (() => Promise<void>)[] = [];
	#working: Promise<void> | null = null;
	#wake: (() => void) | null = null;
	#closed = false;

	constructor(log: Log) {
		this.#log = log;
	}

	add(task: () => Promise<void>): void {
		if (this.#closed) return;
		if (this.#tasks.length >= most) {
			this.#log.warn('too much waits to be written down: something was left out');
			return;
		}
		this.#tasks.push(task);
		this.#working ??= this.#work().finally(() => (this.#working = null));
	}

	/** Takes nothing more, tries what waits once more, and ends. */
	async close(): Promise<void> {
		this.#closed = true;
		this.#wake?.();
		await this.#working;
	}

	async #work(): Promise<void> {
		for (let task = this.#tasks.shift(); task; task = this.#tasks.shift())
			await this.#attempt(task);
	}

	async #attempt(task: () => Promise<void>): Promise<void> {
		for (const wait of [...waits, null]) {
			try {
				return await task();
			} catch (error) {
				if (wait === null || this.#closed) {
					this.#log.error({ err: error }, 'something could not be written down');
					return;
				}
				await this.#pause(wait);
			}
		}
	}

	#pause(wait: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, wait);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}
