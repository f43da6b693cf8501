import type { GrowthBounds, RouterLoad } from '#sfu/media/router/placement.ts';
import type { WorkerLoad } from '#sfu/media/worker/placed.ts';
import { beginningTime } from '#sfu/nodes/placement.ts';
import { coreFor, nodeCore, packetsOf, streamsTo } from './costs.ts';

/** What a node is, and what it carries at most. */
export type NodeSettings = {
	workers: number;
	roomsPerWorker: number;
	peersPerWorker: number;
	bounds: GrowthBounds;
};

/** A router of a room, on a worker of the node that has the room. */
export type SimulatedRouter = { slot: number; peers: number };

/** What a room takes of workers: packets a second on each, and those of them that are piped from one worker to another. */
type Use = { bySlot: Map<number, number>; piped: number };

/** How often the CPU of a worker is measured, in s; one measure counts half (`Placed.measureCpu`). */
const measureEvery = 2;

/** What a room on these routers takes, where all who are in it send and receive. */
export function useOf(routers: readonly SimulatedRouter[], audible: number): Use {
	const all = routers.reduce((sum, { peers }) => sum + peers, 0);
	const each = streamsTo(all, audible);
	const bySlot = new Map<number, number>();
	const add = (slot: number, packets: number) =>
		bySlot.set(slot, (bySlot.get(slot) ?? 0) + packets);
	let piped = 0;
	for (const router of routers) {
		add(router.slot, router.peers * packetsOf(each, each.cameras));
		// Everybody looks at the same first page: what is on it, and comes from another worker, is piped once.
		for (const other of routers) {
			if (other === router) continue;
			const share = other.peers / all;
			const streams = { cameras: each.cameras * share, microphones: each.microphones * share };
			const packets = packetsOf(streams, each.cameras);
			piped += packets;
			add(other.slot, packets);
			add(router.slot, packets);
		}
	}
	return { bySlot, piped };
}

class SimulatedWorker {
	readonly slot: number;
	routers = 0;
	peers = 0;
	/** Packets a second that it forwards. */
	packets = 0;
	#measured = 0;
	#measuredAt = 0;

	constructor(slot: number) {
		this.slot = slot;
	}

	/** The share of a core that it would use. */
	get cpu(): number {
		return coreFor(this.packets);
	}

	/** What was measured of it up to this time, in s. Nothing may have changed since it was last asked. */
	measured(now: number): number {
		const measures = Math.floor(now / measureEvery) - this.#measuredAt;
		this.#measuredAt += measures;
		this.#measured = this.cpu + (this.#measured - this.cpu) / 2 ** measures;
		return this.#measured;
	}
}

/** A node with its workers, without any media: what it carries, and what it would measure and say about itself. */
export class SimulatedNode {
	readonly id: string;
	readonly workers: readonly SimulatedWorker[];
	readonly #settings: NodeSettings;
	rooms = 0;
	/** Packets a second that are piped between its workers. */
	piped = 0;
	#begun: number[] = [];

	constructor(id: string, settings: NodeSettings) {
		this.id = id;
		this.#settings = settings;
		this.workers = Array.from({ length: settings.workers }, (_, slot) => new SimulatedWorker(slot));
	}

	get peers(): number {
		return this.workers.reduce((sum, { peers }) => sum + peers, 0);
	}

	/** The share of its workers' cores that is in use. */
	get utilisation(): number {
		return this.workers.reduce((sum, { cpu }) => sum + cpu, 0) / this.workers.length;
	}

	/** A room begins here, at this time in s. */
	begin(now: number): void {
		this.rooms++;
		this.#begun.push(now);
	}

	/** Takes what a room uses, or gives it back. Measures first what was until then. */
	change(use: Use, sign: 1 | -1, now: number): void {
		for (const [slot, packets] of use.bySlot) {
			const worker = this.workers[slot];
			if (!worker) continue;
			worker.measured(now);
			worker.packets += sign * packets;
		}
		this.piped += sign * use.piped;
	}

	/** What it says about itself, as `ServiceNode` does. */
	tell(now: number) {
		const { roomsPerWorker, peersPerWorker } = this.#settings;
		const cores = this.workers.map((worker) => worker.measured(now));
		const used = cores.reduce((sum, cpu) => sum + cpu, 0);
		const carried = this.workers.reduce((sum, { routers, peers }) => sum + routers + peers, 0);
		const share = carried / ((roomsPerWorker + peersPerWorker) * cores.length);
		this.#begun = this.#begun.filter((at) => at > now - beginningTime / 1000);
		return {
			id: this.id,
			region: '',
			load: Math.max(share, used / cores.length, nodeCore(used, this.peers)),
			rooms: this.rooms,
			begun: this.#begun.length,
			draining: false,
			age: 0,
		};
	}

	/** Its workers, as `placePeer` sees them. */
	loads(now: number): WorkerLoad[] {
		const { roomsPerWorker, peersPerWorker } = this.#settings;
		return this.workers.map((worker) => ({
			slot: worker.slot,
			load: worker.routers + worker.peers,
			cpu: worker.measured(now),
			hasPlace: worker.routers < roomsPerWorker && worker.peers < peersPerWorker,
			takesPeer: worker.peers < peersPerWorker,
			isBorrowed: false,
		}));
	}
}

/** Routers of a room, as `placePeer` sees them: all who are on them have joined. */
export function routerLoads(routers: readonly SimulatedRouter[], audible: number): RouterLoad[] {
	const all = routers.reduce((sum, { peers }) => sum + peers, 0);
	const { cameras, microphones } = streamsTo(all, audible);
	return routers.map(({ slot, peers }) => ({
		...{ slot, peers },
		waiting: 0,
		flowing: peers * (cameras + microphones),
	}));
}
