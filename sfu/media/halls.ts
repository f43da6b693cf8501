import { CodedError } from '#shared/errors.ts';
import { HallMedia } from './hallMedia.ts';
import type { WorkerPool } from './workers.ts';

/** People in one hall: about as many as one worker serves in pairs. */
const most = 300;

/**
 * The halls in which people wait and meet. They fill up one after the other, so that few people are all in one and find
 * each other; of many, those of one hall are enough to choose from.
 */
export class Halls {
	readonly #pool: WorkerPool;
	readonly #opened: (hall: HallMedia, name: string) => void;
	readonly #halls = new Map<HallMedia, string>();
	#opening: Promise<HallMedia> | null = null;
	#count = 0;
	#closed = false;

	/** @param opened is called for each new hall, with a name that no other has. */
	constructor(pool: WorkerPool, opened: (hall: HallMedia, name: string) => void) {
		this.#pool = pool;
		this.#opened = opened;
	}

	/** Halls that are open. */
	get size(): number {
		return this.#halls.size;
	}

	/**
	 * The fullest hall that has a place, or a new one.
	 *
	 * @throws {CodedError} UNAVAILABLE.
	 */
	async acquire(): Promise<{ hall: HallMedia; name: string }> {
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const [fullest] = [...this.#halls.keys()]
			.filter(({ size }) => size < most)
			.sort((one, other) => other.size - one.size);
		const hall = fullest ?? (await (this.#opening ??= this.#open()));
		const name = this.#halls.get(hall);
		if (name === undefined) throw new CodedError('UNAVAILABLE');
		return { hall, name };
	}

	close(): void {
		this.#closed = true;
		for (const hall of [...this.#halls.keys()]) this.#close(hall);
	}

	async #open(): Promise<HallMedia> {
		try {
			const hall = await HallMedia.create(this.#pool);
			if (this.#closed) {
				hall.close();
				throw new CodedError('UNAVAILABLE');
			}
			const name = `hall ${++this.#count}`;
			this.#halls.set(hall, name);
			this.#opened(hall, name);
			hall.once('empty', () => this.#close(hall));
			hall.once('lost', () => this.#close(hall));
			return hall;
		} finally {
			this.#opening = null;
		}
	}

	#close(hall: HallMedia): void {
		if (this.#halls.delete(hall)) hall.close();
	}
}
