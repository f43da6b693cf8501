import { createWorker } from 'mediasoup';
import type { Router, WebRtcServer, Worker } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Log } from '../log.ts';
import { StartError } from '../startError.ts';
import type { MediaAddresses } from './addresses.ts';
import { routerCodecs } from './codecs.ts';

/** One mediasoup worker with its WebRtcServer, and what is on it. */
export type Placed = {
	readonly worker: Worker;
	readonly server: WebRtcServer;
	/** Routers and peers on this worker: what it is chosen by. */
	load: number;
	/** Told when the worker died and all that was on it is gone. A new one is on its way. */
	readonly onDied: Set<() => void>;
};

/** How long to wait before trying again to replace a worker, in ms. */
const retryDelay = 1000;

/** The media workers: one for each core, the least loaded first, a new one for each that dies. */
export class WorkerPool {
	readonly #slots: (Placed | null)[] = [];
	readonly #retries = new Set<NodeJS.Timeout>();
	readonly #basePort: number;
	readonly #addresses: MediaAddresses;
	readonly #log: Log;
	/** What rooms send videos in, if everybody can receive it. */
	readonly videoCodec: VideoCodec;
	#closed = false;

	private constructor(
		basePort: number,
		addresses: MediaAddresses,
		videoCodec: VideoCodec,
		log: Log,
	) {
		this.videoCodec = videoCodec;
		this.#basePort = basePort;
		this.#addresses = addresses;
		this.#log = log;
	}

	/**
	 * Starts `count` workers on consecutive ports from `basePort`.
	 *
	 * @throws {StartError} when a worker or its port cannot be had.
	 */
	static async create(
		count: number,
		basePort: number,
		addresses: MediaAddresses,
		videoCodec: VideoCodec,
		log: Log,
	): Promise<WorkerPool> {
		const pool = new WorkerPool(basePort, addresses, videoCodec, log);
		const started = await Promise.allSettled(
			Array.from({ length: count }, (_, slot) => pool.#start(slot)),
		);
		const failed = started.find((result) => result.status === 'rejected');
		if (failed) {
			pool.close();
			throw failed.reason instanceof StartError ? failed.reason : pool.#startError(failed.reason);
		}
		return pool;
	}

	/** How many workers are alive. */
	get alive(): number {
		return this.#slots.filter((placed) => placed).length;
	}

	/** Process ids of the workers that are alive. */
	get pids(): number[] {
		return this.#slots.flatMap((placed) => (placed ? [placed.worker.pid] : []));
	}

	/** First and last media port. */
	get ports(): { first: number; last: number } {
		return { first: this.#basePort, last: this.#basePort + this.#slots.length - 1 };
	}

	/**
	 * Makes a router on the worker that has least to do.
	 *
	 * @throws {CodedError} UNAVAILABLE when no worker is alive.
	 */
	async createRouter(): Promise<{ router: Router; placed: Placed }> {
		const [placed] = this.#slots
			.filter((slot) => slot !== null)
			.sort((one, other) => one.load - other.load);
		if (!placed) throw new CodedError('UNAVAILABLE');
		// Counts from now on, so that rooms made in the same moment spread out.
		placed.load++;
		try {
			const router = await placed.worker.createRouter({
				mediaCodecs: routerCodecs(this.videoCodec),
			});
			router.observer.once('close', () => placed.load--);
			return { router, placed };
		} catch (error) {
			placed.load--;
			if (placed.worker.closed) throw new CodedError('UNAVAILABLE');
			throw error;
		}
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const timer of this.#retries) clearTimeout(timer);
		for (const placed of this.#slots) placed?.worker.close();
		this.#slots.fill(null);
	}

	async #start(slot: number): Promise<void> {
		this.#slots[slot] = null;
		const port = this.#basePort + slot;
		const worker = await createWorker({ logLevel: 'warn' });
		let server: WebRtcServer;
		try {
			server = await worker.createWebRtcServer({ listenInfos: this.#addresses.listenInfos(port) });
		} catch (error) {
			worker.close();
			throw this.#portError(port, error);
		}
		if (this.#closed) {
			worker.close();
			return;
		}
		const placed: Placed = { worker, server, load: 0, onDied: new Set() };
		this.#slots[slot] = placed;
		worker.once('died', (error) => {
			this.#log.error({ slot, pid: worker.pid, reason: error.message }, 'media worker died');
			this.#slots[slot] = null;
			for (const tell of [...placed.onDied]) tell();
			this.#replace(slot);
		});
	}

	#replace(slot: number): void {
		if (this.#closed) return;
		this.#start(slot).then(
			() => this.#log.info({ slot, pid: this.#slots[slot]?.worker.pid }, 'media worker replaced'),
			(error: unknown) => {
				this.#log.error({ slot, reason: String(error) }, 'media worker not replaced, trying again');
				const timer = setTimeout(() => {
					this.#retries.delete(timer);
					this.#replace(slot);
				}, retryDelay);
				this.#retries.add(timer);
			},
		);
	}

	#portError(port: number, error: unknown): StartError {
		const reason = error instanceof Error ? error.message : String(error);
		return new StartError(
			/in use/i.test(reason)
				? `Media port ${port} is taken by another program. Stop it, or set media.port to another one.`
				: `Media port ${port} cannot be opened (${reason}). Check media.port and media.listenAddress.`,
		);
	}

	#startError(error: unknown): StartError {
		const reason = error instanceof Error ? error.message : String(error);
		return new StartError(
			`The media worker does not start (${reason}). "npm start" installs it; MEDIASOUP_WORKER_BIN can name another one.`,
		);
	}
}
