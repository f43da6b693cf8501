import { readFile } from 'node:fs/promises';
import type { Router, Transport, WebRtcServer, Worker } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Config } from '../../platform/config.ts';
import type { WorkerFigures } from '../../platform/metrics.ts';
import { routerCodecs } from './codecs.ts';
import type { MediaAddresses } from './mediaAddresses.ts';
import type { PagesPort } from './pagesPort.ts';
import type { LinkEnd } from './pipes.ts';
import { Traffic } from './traffic.ts';

/** What a worker carries at most. */
type MostOfWorker = Pick<Config['media'], 'roomsPerWorker' | 'peersPerWorker'>;

/** How much is on a worker, as far as placing goes. */
export type WorkerLoad = {
	/** Its place in the pool. */
	slot: number;
	/** Routers and peers on it. */
	load: number;
	/** The share of a core that it used lately. */
	cpu: number;
	/** Whether one more router with one peer fits. */
	hasPlace: boolean;
	/** Whether one more peer fits on a router that it has. */
	takesPeer: boolean;
	/** Whether another node runs it. */
	isBorrowed: boolean;
};

/** What browsers are told of the addresses of a worker, and what has to know when ICE has restarted. */
type ToldAddresses = Pick<MediaAddresses, 'candidates'> & Partial<Pick<PagesPort, 'renew'>>;

export const full = () => new CodedError('LIMIT_REACHED', 'This server is full. Try again later.');

/** One mediasoup worker with its WebRtcServer, and how much is on it. */
export class Placed {
	readonly slot: number;
	readonly worker: Worker;
	readonly server: WebRtcServer;
	/** What browsers are told of the server's addresses. */
	readonly addresses: ToldAddresses;
	/** How workers of this machine reach it, if it is on another one. */
	readonly linkEnd: LinkEnd | null;
	/** Called when the worker has died, and with it all that was on it. A replacement is being started. */
	readonly onDied = new Set<() => void>();
	readonly traffic = new Traffic();
	readonly #most: MostOfWorker;
	#routers = 0;
	#peers = 0;
	#producers = 0;
	#consumers = 0;
	#pipes = 0;
	#cpu = 0;
	#used: { seconds: number; at: number } | null = null;

	constructor(
		slot: number,
		worker: Worker,
		server: WebRtcServer,
		addresses: ToldAddresses,
		most: MostOfWorker,
		linkEnd: LinkEnd | null = null,
	) {
		this.slot = slot;
		this.worker = worker;
		this.server = server;
		this.addresses = addresses;
		this.#most = most;
		this.linkEnd = linkEnd;
	}

	/** Asks the worker for its CPU time and its traffic, and the system for its memory. Never rejects. */
	async figures(): Promise<WorkerFigures> {
		const [cpuSeconds, memoryBytes, { received, sent }] = await Promise.all([
			this.#cpuSeconds(),
			this.linkEnd ? null : residentMemory(this.worker.pid),
			this.traffic.read(),
		]);
		return {
			slot: this.slot,
			cpuSeconds,
			memoryBytes,
			receivedBytes: received,
			sentBytes: sent,
			routers: this.#routers,
			peers: this.#peers,
			producers: this.#producers,
			consumers: this.#consumers,
			pipes: this.#pipes,
		};
	}

	/** Measures which share of a core the worker has used since the last time. One busy moment counts half. Never rejects. */
	async measureCpu(): Promise<void> {
		const seconds = await this.#cpuSeconds();
		if (seconds === null) return;
		const [before, at] = [this.#used, performance.now()];
		this.#used = { seconds, at };
		if (!before || at <= before.at) return;
		const share = (seconds - before.seconds) / ((at - before.at) / 1000);
		this.#cpu = (this.#cpu + share) / 2;
	}

	/** How much is on this worker now. */
	get load(): WorkerLoad {
		const { roomsPerWorker, peersPerWorker } = this.#most;
		const takesPeer = this.#peers < peersPerWorker;
		return {
			slot: this.slot,
			load: this.#routers + this.#peers,
			cpu: this.#cpu,
			hasPlace: this.#routers < roomsPerWorker && takesPeer,
			takesPeer,
			isBorrowed: this.linkEnd !== null,
		};
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

	/** Counts the producers and consumers of every transport that this router gets, and what is piped to it. */
	#count(router: Router): void {
		router.observer.on('newtransport', (transport: Transport) => {
			const isPipe = transport.type === 'pipe';
			transport.observer.on('newproducer', (producer) => {
				if (isPipe) this.#pipes++;
				else this.#producers++;
				producer.observer.once('close', () => {
					if (isPipe) this.#pipes--;
					else this.#producers--;
				});
			});
			if (isPipe) return;
			transport.observer.on('newconsumer', (consumer) => {
				this.#consumers++;
				consumer.observer.once('close', () => this.#consumers--);
			});
		});
	}

	/** What the worker has used since it began; null if it cannot tell. */
	#cpuSeconds(): Promise<number | null> {
		return this.worker.getResourceUsage().then(
			({ ru_utime, ru_stime }) => (ru_utime + ru_stime) / 1000,
			() => null,
		);
	}
}

/** The resident memory of a process in bytes, from Linux; null on other systems, and when the process is gone. */
async function residentMemory(pid: number): Promise<number | null> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
	const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
	return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
