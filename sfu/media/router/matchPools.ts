import { CodedError } from '#shared/errors.ts';
import type { Log } from '../../platform/log.ts';
import { MediaRouter } from './mediaRouter.ts';
import type { WorkerPool } from '../worker/workers.ts';

/** People in one pairing pool: about as many as one worker serves in pairs. */
const maxPoolPeers = 300;

/**
 * The pairing pools in which strangers wait and meet, each on a router of its own. They fill up one after the other, so that
 * few people are all in one and find each other; of many, those of one pool are enough to choose from.
 */
export class MatchPools {
	readonly #workers: WorkerPool;
	readonly #log: Log;
	readonly #opened: (router: MediaRouter, name: string) => void;
	readonly #pools = new Map<MediaRouter, string>();
	#opening: Promise<MediaRouter> | null = null;
	#count = 0;
	#closed = false;

	/** @param opened is called for each new pool, with a name that no other has. */
	constructor(workers: WorkerPool, log: Log, opened: (router: MediaRouter, name: string) => void) {
		this.#workers = workers;
		this.#log = log;
		this.#opened = opened;
	}

	/** Pools that are open. */
	get size(): number {
		return this.#pools.size;
	}

	/**
	 * The fullest pool that has a place, or a new one.
	 *
	 * @throws {CodedError} UNAVAILABLE.
	 */
	async acquire(): Promise<{ router: MediaRouter; name: string }> {
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const [fullest] = [...this.#pools.keys()]
			.filter(({ size }) => size < maxPoolPeers)
			.sort((one, other) => other.size - one.size);
		const router = fullest ?? (await (this.#opening ??= this.#open()));
		const name = this.#pools.get(router);
		if (name === undefined) throw new CodedError('UNAVAILABLE');
		return { router, name };
	}

	close(): void {
		this.#closed = true;
		for (const router of [...this.#pools.keys()]) this.#close(router);
	}

	async #open(): Promise<MediaRouter> {
		try {
			const name = `pool ${++this.#count}`;
			const log = this.#log.child({ pool: name });
			const router = await MediaRouter.create(this.#workers, { kind: 'pairing' }, log);
			if (this.#closed) {
				router.close();
				throw new CodedError('UNAVAILABLE');
			}
			this.#pools.set(router, name);
			this.#opened(router, name);
			router.once('empty', () => this.#close(router));
			router.once('lost', () => this.#close(router));
			return router;
		} finally {
			this.#opening = null;
		}
	}

	#close(router: MediaRouter): void {
		if (this.#pools.delete(router)) router.close();
	}
}
