import { createWorker } from 'mediasoup';
import type { WebRtcServer } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics, WorkerFigures } from '../../platform/metrics.ts';
import { StartError } from '../../platform/startError.ts';
import type { MediaAddresses } from './mediaAddresses.ts';
import { HomeRouter } from './homeRouter.ts';
import { PagesPort } from './pagesPort.ts';
import { BorrowedWorkers } from './borrowedWorkers.ts';
import { leaveSignals } from './leaveSignals.ts';
import { full, Placed, type WorkerLoad } from './placed.ts';

/** What the pool is made of: how many workers on consecutive ports, what each of them carries at most, and when rooms grow. */
export type PoolSettings = Pick<
	Config['media'],
	| 'port'
	| 'pagesPort'
	| 'workers'
	| 'videoCodec'
	| 'roomsPerWorker'
	| 'peersPerWorker'
	| 'consumersPerRouter'
	| 'cpuPerWorker'
>;

/** How long to wait before trying again to replace a worker, in ms. */
const retryDelay = 1000;

/** How long after the death of a worker it is logged, in ms: by then it is known whether the service ends with it. */
const beforeReport = 100;

/** How often the CPU of the workers is measured, in ms. */
const measureInterval = 2000;

/** The media workers: one for each core, the least loaded first, a new one for each that dies. */
export class WorkerPool {
	readonly #slots: (Placed | null)[] = [];
	/** Those that other nodes run for this one. */
	readonly borrowed: BorrowedWorkers;
	/** Media of these workers over the port of the pages; null where that is not wanted. */
	readonly pagesPort: PagesPort | null;
	/** The workers that are being started in place of those that died. */
	readonly #replacements = new Set<Promise<void>>();
	readonly #retries = new Set<NodeJS.Timeout>();
	readonly #settings: PoolSettings;
	readonly #addresses: MediaAddresses;
	readonly #log: Log;
	readonly #metrics: Pick<Metrics, 'lost' | 'recovered'>;
	#closed = false;
	#ending = false;
	/** Deaths that are about to be logged. */
	readonly #reports = new Set<NodeJS.Timeout>();
	readonly #measuring: NodeJS.Timeout;

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
		this.borrowed = new BorrowedWorkers(settings, log);
		this.pagesPort = settings.pagesPort ? new PagesPort(settings.pagesPort, addresses, log) : null;
		this.#measuring = setInterval(() => {
			for (const placed of this.#usable) void placed.measureCpu();
			this.borrowed.giveBack();
		}, measureInterval).unref();
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
			throw failed.reason instanceof StartError ? failed.reason : workerError(failed.reason);
		}
		return pool;
	}

	/** The codec of videos in rooms in which all peers can receive it. */
	get videoCodec(): VideoCodec {
		return this.#settings.videoCodec;
	}

	/** What a router of a room and its worker do at most before the room grows onto another worker. */
	get bounds(): Pick<PoolSettings, 'consumersPerRouter' | 'cpuPerWorker'> {
		return this.#settings;
	}

	/** How many workers are alive. */
	get alive(): number {
		return this.#alive.length;
	}

	/** Process ids of the workers that are alive. */
	get pids(): number[] {
		return this.#alive.map(({ worker }) => worker.pid);
	}

	/** What each worker that is alive does now. Never rejects. */
	figures(): Promise<WorkerFigures[]> {
		return Promise.all(this.#usable.map((placed) => placed.figures()));
	}

	/** The share of what the workers carry at most, from 0 to 1. */
	get share(): number {
		const { roomsPerWorker, peersPerWorker, workers } = this.#settings;
		const most = (roomsPerWorker + peersPerWorker) * workers;
		const used = this.#alive.reduce((sum, { load }) => sum + load.load, 0);
		return this.alive === 0 ? 1 : used / most;
	}

	/** First and last media port. */
	get ports(): { first: number; last: number } {
		const { port } = this.#settings;
		return { first: port, last: port + this.#slots.length - 1 };
	}

	/** How much is on each worker that may take peers: those that are alive, and those of other nodes that are not about to end. */
	get loads(): WorkerLoad[] {
		return [...this.#alive, ...this.borrowed.lasting].map(({ load }) => load);
	}

	/**
	 * Makes a router. Where all workers have died, it waits for the first of their replacements.
	 *
	 * @param slot the worker that it is to be on; without, the least loaded one of this machine.
	 * @throws {CodedError} UNAVAILABLE when no worker is alive, or not this one; LIMIT_REACHED when none of them carries another room
	 *   (MEDIA-20).
	 */
	async createRouter(slot?: number): Promise<HomeRouter> {
		// Without any, their promise rejects: the answer below is that no worker is alive.
		if (this.alive === 0) await Promise.any(this.#replacements).catch(() => undefined);
		const alive =
			slot === undefined ? this.#alive : this.#usable.filter((placed) => placed.slot === slot);
		if (alive.length === 0) throw new CodedError('UNAVAILABLE');
		const [placed] = alive
			.filter(({ load }) => load.hasPlace)
			.sort((one, other) => one.load.load - other.load.load);
		if (!placed) throw full();
		return new HomeRouter(await placed.createRouter(this.videoCodec), placed);
	}

	/** The service ends. Ctrl+C reaches the workers too: one that ends from now on is no failure, and is not replaced. */
	expectEnd(): void {
		this.#ending = true;
		this.borrowed.expectEnd();
		for (const report of this.#reports) clearTimeout(report);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		clearInterval(this.#measuring);
		for (const timer of this.#retries) clearTimeout(timer);
		for (const placed of this.#slots) placed?.worker.close();
		this.#slots.fill(null);
		this.borrowed.close();
	}

	get #alive(): Placed[] {
		return this.#slots.filter((placed) => placed !== null);
	}

	/** Those that are alive, and those that are borrowed. */
	get #usable(): Placed[] {
		return [...this.#alive, ...this.borrowed.all];
	}

	async #start(slot: number): Promise<void> {
		this.#slots[slot] = null;
		const port = this.#settings.port + slot;
		const worker = await createWorker({ logLevel: 'warn' });
		leaveSignals(worker);
		const listenInfos = this.#addresses.listenInfos(port);
		let server: WebRtcServer;
		try {
			server = await worker.createWebRtcServer({ listenInfos });
		} catch (error) {
			worker.close();
			throw mediaPortError(port, error);
		}
		if (this.#closed) {
			worker.close();
			return;
		}
		this.pagesPort?.leadTo(server, listenInfos);
		const told = this.pagesPort ?? this.#addresses;
		const placed = new Placed(slot, worker, server, told, this.#settings);
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
		const replacement = this.#start(slot).finally(() => this.#replacements.delete(replacement));
		this.#replacements.add(replacement);
		replacement.then(
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
}

/** What is said of a worker that does not start. */
export function workerError(error: unknown): StartError {
	const reason = error instanceof Error ? error.message : String(error);
	return new StartError(
		`The media worker doesn't start (${reason}). "npm start" installs it; MEDIASOUP_WORKER_BIN can name another one.`,
	);
}

/** What is said of a media port that a worker could not open. */
export function mediaPortError(port: number, error: unknown): StartError {
	const reason = error instanceof Error ? error.message : String(error);
	return new StartError(
		/in use/i.test(reason)
			? `Media port ${port} is taken by another program. Stop it, or set media.port to another one.`
			: `Media port ${port} can't be opened (${reason}). Check media.port and media.listenAddress.`,
	);
}
