import { CodedError } from '#shared/errors.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import type { Log } from '../../platform/log.ts';
import type { Speakers } from '../speakers/speakers.ts';
import type { HomeRouter, RouterPlace } from '../worker/homeRouter.ts';
import { linkPortsBeside, Pipes } from '../worker/pipes.ts';
import { full } from '../worker/placed.ts';
import type { WorkerPool } from '../worker/workers.ts';
import { placePeer, type GrowthBounds } from './placement.ts';

/** How many of the peers on a router have joined the room. */
type JoinedOn = (home: HomeRouter) => number;

/**
 * The routers that carry a room, each on a worker of its own, and the pipes between them. A room begins on one router and
 * grows, onto workers of other nodes too where those of this one are full; a pairing pool stays on one. If one of the workers dies, all of it is lost.
 */
export class RoomRouters {
	readonly pipes: Pipes;
	/** Of every router: they are alike. */
	readonly rtpCapabilities: RtpCapabilities;
	/** Called when a worker died. */
	onLost: () => void = () => undefined;
	readonly #pool: WorkerPool;
	readonly #speakers: Speakers | null;
	readonly #bounds: GrowthBounds | null;
	readonly #log: Log;
	readonly #homes = new Set<HomeRouter>();
	#opening: Promise<void> | null = null;
	#closed = false;

	private constructor(
		pool: WorkerPool,
		first: HomeRouter,
		speakers: Speakers | null,
		bounds: GrowthBounds | null,
		log: Log,
	) {
		this.#pool = pool;
		this.#speakers = speakers;
		this.#bounds = bounds;
		this.#log = log;
		this.pipes = new Pipes(linkPortsBeside(pool.ports), log);
		speakers?.on('silent', (silent) => this.pipes.silence(silent));
		this.rtpCapabilities = first.router.rtpCapabilities as RtpCapabilities;
	}

	/**
	 * Begins with one router, on the least loaded worker.
	 *
	 * @param speakers observe every router.
	 * @param audible how many microphones are heard at a time, 0 for all; null for what never grows.
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	static async open(
		pool: WorkerPool,
		speakers: Speakers | null,
		audible: number | null,
		log: Log,
	): Promise<RoomRouters> {
		const { consumersPerRouter, cpuPerWorker } = pool.bounds;
		const growth = { consumers: consumersPerRouter, cpu: cpuPerWorker / 100 };
		const first = await pool.createRouter();
		const bounds = audible === null ? null : { ...growth, audible };
		const routers = new RoomRouters(pool, first, speakers, bounds, log);
		await routers.#add(first);
		return routers;
	}

	/** How many routers there are. */
	get size(): number {
		return this.#homes.size;
	}

	/**
	 * Chooses a router for one more peer, and opens another one if need be.
	 *
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	async place(joinedOn: JoinedOn): Promise<RouterPlace> {
		let bounds = this.#bounds;
		let mayBorrow = bounds !== null;
		for (;;) {
			if (this.#closed) throw new CodedError('UNAVAILABLE');
			const homes = [...this.#homes];
			const loads = homes.map((home) => {
				const { peers, flowing, placed } = home;
				return { slot: placed.slot, peers, waiting: peers - joinedOn(home), flowing };
			});
			const placement = placePeer(loads, this.#pool.loads, bounds);
			const isCrowded = !placement || 'isCrowded' in placement;
			if (mayBorrow && isCrowded) {
				mayBorrow = false;
				// Others may be placed meanwhile, whether there is one more worker then or not.
				await this.#pool.borrowed.add();
				continue;
			}
			if (!placement) throw full();
			if ('router' in placement) {
				const home = homes[placement.router];
				if (!home) throw new CodedError('INTERNAL');
				return home.addPeer();
			}
			try {
				await (this.#opening ??= this.#grow(placement.worker));
			} catch (error) {
				this.#log.warn({ err: error, slot: placement.worker }, 'room did not grow onto a worker');
				bounds = null;
			}
		}
	}

	/** Closes routers on which no peers are any more, but for the last one. */
	tidy(): void {
		for (const home of this.#homes) {
			if (home.peers > 0 || this.#homes.size === 1) continue;
			this.#homes.delete(home);
			this.#close(home);
			this.#log.info({ slot: home.placed.slot, routers: this.size }, 'room left a worker');
		}
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const home of this.#homes) this.#close(home);
		this.#homes.clear();
	}

	async #grow(slot: number): Promise<void> {
		try {
			const home = await this.#pool.createRouter(slot);
			await this.#add(home);
			this.#log.info({ slot, routers: this.size }, 'room grew onto another worker');
		} finally {
			this.#opening = null;
		}
	}

	async #add(home: HomeRouter): Promise<void> {
		const { router, placed } = home;
		try {
			await this.#speakers?.addRouter(router);
			if (this.#closed || router.closed) throw new CodedError('UNAVAILABLE');
			placed.onDied.add(this.#onDied);
			this.pipes.add(router, placed.linkEnd);
			this.#homes.add(home);
		} catch (error) {
			this.#close(home);
			throw placed.worker.closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	#close({ router, placed }: HomeRouter): void {
		placed.onDied.delete(this.#onDied);
		this.#speakers?.removeRouter(router);
		router.close();
	}

	readonly #onDied = (): void => {
		this.onLost();
	};
}
