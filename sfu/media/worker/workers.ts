import { readFile } from 'node:fs/promises';
import { createWorker } from 'mediasoup';
import type { Router, Transport, WebRtcServer, Worker } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics, WorkerFigures } from '../../platform/metrics.ts';
import { StartError } from '../../platform/startError.ts';
import type { MediaAddresses } from './mediaAddresses.ts';
import { routerCodecs } from './codecs.ts';
import { Traffic } from './traffic.ts';

/** What the pool is made of: how many workers on consecutive ports, and what each of them carries at most. */
export type PoolSettings = Pick<
	Config['media'],
	'port' | 'workers' | 'videoCodec' | 'roomsPerWorker' | 'peersPerWorker'
>;

const full = () => new CodedError('LIMIT_REACHED', 'This server is full. Try again later.');

/** One mediasoup worker with its WebRtcServer, and how much is on it. */
export class Placed {
	readonly worker: Worker;
	readonly server: WebRtcServer;
	readonly addresses: MediaAddresses;
	/** Called when the worker has died, and with it all that was on it. A replacement is being started. */
	readonly onDied = new Set<() => void>();
	readonly traffic = new Traffic();
	readonly #most: PoolSettings;
	#routers = 0;
	#peers = 0;
	#producers = 0;
	#consumers = 0;

	constructor(worker: Worker, server: WebRtcServer, addresses: MediaAddresses, most: PoolSettings) {
		this.worker = worker;
		this.server = server;
		this.addresses = addresses;
		this.#most = most;
	}

	/** Asks the worker for its CPU time and its traffic, and the system for its memory. Never rejects. */
	async figures(slot: number): Promise<WorkerFigures> {
		const [cpuSeconds, memoryBytes, { received, sent }] = await Promise.all([
			this.worker.getResourceUsage().then(
				({ ru_utime, ru_stime }) => (ru_utime + ru_stime) / 1000,
				() => null,
			),
			residentMemory(this.worker.pid),
			this.traffic.read(),
		]);
		return {
			slot,
			cpuSeconds,
			memoryBytes,
			receivedBytes: received,
			sentBytes: sent,
			routers: this.#routers,
			peers: this.#peers,
			producers: this.#producers,
			consumers: this.#consumers,
		};
	}

	/** Counts the producers and consumers of every transport that this router gets. */
	#count(router: Router): void {
		router.observer.on('newtransport', (transport: Transport) => {
			transport.observer.on('newproducer', (producer) => {
				this.#producers++;
				producer.observer.once('close', () => this.#producers--);
			});
			transport.observer.on('newconsumer', (consumer) => {
				this.#consumers++;
				consumer.observer.once('close', () => this.#consumers--);
			});
		});
	}

	/** Routers and peers on this worker. The pool chooses the least loaded worker. */
	get load(): number {
		return this.#routers + this.#peers;
	}

	/** Whether one more room with one peer fits. */
	get hasPlace(): boolean {
		const { roomsPerWorker, peersPerWorker } = this.#most;
		return this.#routers < roomsPerWorker && this.#peers < peersPerWorker;
	}

	/**
	 * Makes a router, which counts from now on, so that rooms made in the same moment spread out.
	 *
	 * @throws {CodedError} UNAVAILABLE when the worker died.
	 */
	async createRouter(videoCodec: VideoCodec): Promise<Router> {
		this.#routers++;
		try {
			const router = await this.worker.createRouter({ mediaCodecs: routerCodecs(videoCodec) });
			router.observer.once('close', () => this.#routers--);
			this.#count(router);
			this.traffic.count(router);
			return router;
		} catch (error) {
			this.#routers--;
			if (this.worker.closed) throw new CodedError('UNAVAILABLE');
			throw error;
		}
	}

	/**
	 * Counts one more peer, which has two transports, at most four producers, and consumers of what others send.
	 *
	 * @returns takes it back; to be called once.
	 * @throws {CodedError} LIMIT_REACHED when as many peers are on this worker as it carries (MEDIA-20).
	 */
	addPeer(): () => void {
		if (this.#peers >= this.#most.peersPerWorker) throw full();
		this.#peers++;
		return () => this.#peers--;
	}
}

/** The resident memory of a process in bytes, from Linux; null on other systems, and when the process is gone. */
async function residentMemory(pid: number): Promise<number | null> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
	return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** How long to wait before trying again to replace a worker, in ms. */
const retryDelay = 1000;

/** How long after the death of a worker it is logged, in ms: by then it is known whether the service ends with it. */
const beforeReport = 100;

/** The media workers: one for each core, the least loaded first, a new one for each that dies. */
export class WorkerPool {
	readonly #slots: (Placed | null)[] = [];
	readonly #retries = new Set<NodeJS.Timeout>();
	readonly #settings: PoolSettings;
	readonly #addresses: MediaAddresses;
	readonly #log: Log;
	readonly #metrics: Pick<Metrics, 'lost' | 'recovered'>;
	#closed = false;
	#ending = false;
	/** Deaths that are about to be logged. */
	readonly #reports = new Set<NodeJS.Timeout>();

	private constructor(
		settings: PoolSettings,
		addresses: MediaAddresses,
		metrics: Pick<Metrics, 'lost' | 'recovered'>,
		log: Log,
	) {
		this.#settings = settings;
		this.#addresses = addresses;
		this.#metrics = metrics;
		this.#log = log;
	}

	/** @throws {StartError} when a worker or its port cannot be had. */
	static async create(
		settings: PoolSettings,
		addresses: MediaAddresses,
		metrics: Pick<Metrics, 'lost' | 'recovered'>,
		log: Log,
	): Promise<WorkerPool> {
		const pool = new WorkerPool(settings, addresses, metrics, log);
		const started = await Promise.allSettled(
			Array.from({ length: settings.workers }, (_, slot) => pool.#start(slot)),
		);
		const failed = started.find((result) => result.status === 'rejected');
		if (failed) {
			pool.close();
			throw failed.reason instanceof StartError ? failed.reason : pool.#startError(failed.reason);
		}
		return pool;
	}

	/** The codec of videos in rooms in which all peers can receive it. */
	get videoCodec(): VideoCodec {
		return this.#settings.videoCodec;
	}

	/** How many workers are alive. */
	get alive(): number {
		return this.#slots.filter((placed) => placed).length;
	}

	/** Process ids of the workers that are alive. */
	get pids(): number[] {
		return this.#slots.flatMap((placed) => (placed ? [placed.worker.pid] : []));
	}

	/** What each worker that is alive does now. Never rejects. */
	figures(): Promise<WorkerFigures[]> {
		return Promise.all(
			this.#slots.flatMap((placed, slot) => (placed ? [placed.figures(slot)] : [])),
		);
	}

	/** First and last media port. */
	get ports(): { first: number; last: number } {
		const { port } = this.#settings;
		return { first: port, last: port + this.#slots.length - 1 };
	}

	/**
	 * Makes a router on the least loaded worker.
	 *
	 * @throws {CodedError} UNAVAILABLE when no worker is alive, LIMIT_REACHED when none of them carries another room (MEDIA-20).
	 */
	async createRouter(): Promise<{ router: Router; placed: Placed }> {
		const alive = this.#slots.filter((slot) => slot !== null);
		if (alive.length === 0) throw new CodedError('UNAVAILABLE');
		const [placed] = alive
			.filter(({ hasPlace }) => hasPlace)
			.sort((one, other) => one.load - other.load);
		if (!placed) throw full();
		return { router: await placed.createRouter(this.videoCodec), placed };
	}

	/** The service ends. Ctrl+C reaches the workers too: one that ends from now on is no failure, and is not replaced. */
	expectEnd(): void {
		this.#ending = true;
		for (const report of this.#reports) clearTimeout(report);
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
		const port = this.#settings.port + slot;
		const worker = await createWorker({ logLevel: 'warn' });
		leaveSignals(worker);
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
		const placed = new Placed(worker, server, this.#addresses, this.#settings);
		this.#slots[slot] = placed;
		worker.once('died', (error) => {
			this.#slots[slot] = null;
			if (this.#ending) return;
			this.#metrics.lost('worker');
			const about = { slot, pid: worker.pid, reason: error.message };
			const report = setTimeout(() => {
				this.#reports.delete(report);
				this.#log.error(about, 'media worker died');
			}, beforeReport);
			this.#reports.add(report);
			for (const tell of [...placed.onDied]) tell();
			this.#replace(slot);
		});
	}

	#replace(slot: number): void {
		if (this.#closed) return;
		this.#start(slot).then(
			() => {
				this.#metrics.recovered('worker');
				this.#log.info({ slot, pid: this.#slots[slot]?.worker.pid }, 'media worker replaced');
			},
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
				: `Media port ${port} can't be opened (${reason}). Check media.port and media.listenAddress.`,
		);
	}

	#startError(error: unknown): StartError {
		const reason = error instanceof Error ? error.message : String(error);
		return new StartError(
			`The media worker doesn't start (${reason}). "npm start" installs it; MEDIASOUP_WORKER_BIN can name another one.`,
		);
	}
}

/** mediasoup would close the worker at the first signal, in the middle of calls that go on while the service drains. */
function leaveSignals(worker: Worker): void {
	if (!('onSignal' in worker)) return;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		const own = process.listeners(signal).find((listener) => listener === worker.onSignal);
		if (own) process.removeListener(signal, own);
	}
}
