import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { Log } from '../platform/log.ts';
import type { KnownNode, NodeLease } from './nodeLease.ts';
import { beginningTime, placeRoom, sendingTime, type NodeUse } from './placement.ts';

/** What one node has and all others ask it about: a room with people in it, or the people who meet strangers. */
export type Place = `room ${RoomId}` | 'strangers' | 'rings' | 'chores';

/** How long a node claims only what it had before, once it has a lease again after it lost one, in ms: the others may be later. */
const reclaimTime = 4_000;
/** How often the nodes that live are looked up, in ms. */
const refreshInterval = 1_000;

/** How many rooms are remembered that were sent to nodes a moment ago. */
const maxSent = 1_000;

const isRoom = (place: Place) => place.startsWith('room ');

type PlacesEvents = {
	/** A node is there that was not. */
	came: [string];
	/** A node ended, or is not heard of any more. */
	gone: [string];
	/** Another node has a place that this node had. */
	taken: [Place];
	/** This node alone is cut off: it has just given up its places. */
	alone: [];
};

/** Which node has which place, and which nodes there are. */
export class Places extends EventEmitter<PlacesEvents> {
	readonly #lease: NodeLease;
	readonly #log: Log;
	/** The places that this node has, or had when it lost its lease; `provisional` if it got it while Redis was away. */
	readonly #ownPlaces = new Map<Place, 'lasting' | 'provisional'>();
	#provisionalTimer: NodeJS.Timeout | null = null;
	/** The lease was lost. Until this time, in ms of the monotonic clock, others may claim again what they had. */
	#isLost = false;
	#onlyReclaimsUntil = 0;
	/** This node alone is cut off: the others own what it cannot prove to be its own. */
	#isAlone = false;
	readonly #timer: NodeJS.Timeout;
	#nodes: KnownNode[] = [];
	/** When the nodes were found, in ms of the monotonic clock. */
	#refreshedAt = 0;
	/** When rooms began here, in ms of the monotonic clock. */
	#begun: number[] = [];
	/** The node that each new room was sent to a moment ago. */
	readonly #sent = new LRUCache<Place, string>({ max: maxSent, ttl: sendingTime });
	#refreshing: Promise<void> | null = null;

	constructor(lease: NodeLease, log: Log) {
		super();
		this.#lease = lease;
		this.#log = log;
		this.#timer = setInterval(() => void this.refresh(), refreshInterval);
		lease.on('lost', () => (this.#isLost = true));
		lease.on('held', () => {
			// A node that was alone has nothing that others could be late to claim.
			if (this.#isLost && !this.#isAlone) this.#onlyReclaimsUntil = performance.now() + reclaimTime;
			this.#isLost = false;
			this.#isAlone = false;
			void this.#claimAgain('lasting');
			// Who had a place before Redis went away comes first.
			if (this.#provisionalTimer) clearTimeout(this.#provisionalTimer);
			this.#provisionalTimer = setTimeout(() => void this.#claimAgain('provisional'), reclaimTime);
		});
	}

	get ownId(): string {
		return this.#lease.id;
	}

	/** The nodes that live, as of the last look. */
	get nodes(): readonly KnownNode[] {
		return this.#nodes;
	}

	/** Whether this node alone is cut off from Redis. It has no places then. */
	get isAlone(): boolean {
		return this.#isAlone;
	}

	/** The others have Redis, and this node does not: it gives up what it had. */
	standAlone(): void {
		if (this.#isAlone || this.#lease.isHeld) return;
		this.#isAlone = true;
		const had = [...this.#ownPlaces.keys()];
		this.#ownPlaces.clear();
		this.#log.warn({ places: had.length }, 'this node alone is cut off from Redis');
		for (const place of had) this.emit('taken', place);
		this.emit('alone');
	}

	/** Looks which nodes live. Never rejects. */
	refresh(): Promise<void> {
		this.#refreshing ??= this.#refreshNodes().finally(() => (this.#refreshing = null));
		return this.#refreshing;
	}

	/**
	 * Makes this node the one that has the place. While Redis is away a place is had until another node turns out to have it.
	 *
	 * @throws {CodedError} ELSEWHERE if another node has it; UNAVAILABLE while nobody can tell.
	 */
	async claim(place: Place): Promise<void> {
		if (this.#ownPlaces.has(place)) return;
		if (this.#isAlone) throw new CodedError('ELSEWHERE');
		if (this.#lease.isCutOff) {
			this.#ownPlaces.set(place, 'provisional');
			return;
		}
		if (performance.now() < this.#onlyReclaimsUntil) throw new CodedError('UNAVAILABLE');
		const { isOurs } = await this.#lease.claim(place);
		if (!isOurs) throw new CodedError('ELSEWHERE');
		this.#ownPlaces.set(place, 'lasting');
		if (isRoom(place)) this.#begun.push(performance.now());
	}

	async release(place: Place): Promise<void> {
		if (this.#ownPlaces.delete(place)) await this.#lease.release(place);
	}

	/** Whether this node has the place. */
	has(place: Place): boolean {
		return this.#ownPlaces.has(place);
	}

	/**
	 * Which node has the place; null if none has, or nobody can tell.
	 */
	async ownerOf(place: Place): Promise<string | null> {
		if (this.#ownPlaces.has(place)) return this.ownId;
		try {
			return (await this.#lease.ownerOf(place))?.owner ?? null;
		} catch (error) {
			if (error instanceof CodedError) return null;
			throw error;
		}
	}

	/** How many rooms began here so lately that the measured load does not show them. */
	get begun(): number {
		const since = performance.now() - beginningTime;
		this.#begun = this.#begun.filter((at) => at > since);
		return this.#begun.length;
	}

	/**
	 * The node for a place that nobody has. A room for which it was asked a moment ago goes to the same node again.
	 *
	 * @param region where the person is who comes first; without it, where this node is.
	 */
	best(place: Place, region?: string): string {
		if (this.#isAlone) return this.elsewhere(place);
		const before = this.#sent.get(place);
		if (before && this.#nodes.some(({ id, draining }) => id === before && !draining)) return before;
		const isNew = isRoom(place);
		const node =
			placeRoom(this.#uses(), place, isNew ? this.ownId : null, isNew ? region : '') ?? this.ownId;
		if (isNew) this.#sent.set(place, node);
		return node;
	}

	/** Another node, by what was known of the nodes when this one heard of them last; this one if there is no other. */
	elsewhere(name: string): string {
		const others = this.#nodes.filter(({ id }) => id !== this.ownId);
		const heard = others.map((node) => ({ ...node, age: 0 }));
		return placeRoom(heard, name, null) ?? this.ownId;
	}

	/** What is known of the nodes now, with what was sent to them since they said it. */
	#uses(): NodeUse[] {
		const since = performance.now() - this.#refreshedAt;
		const sent = new Map<string, number>();
		for (const node of this.#sent.values()) sent.set(node, (sent.get(node) ?? 0) + 1);
		return this.#nodes.map((node) => ({
			...node,
			begun: node.begun + (sent.get(node.id) ?? 0),
			age: node.id === this.ownId ? 0 : node.age + since,
		}));
	}

	close(): void {
		clearInterval(this.#timer);
		if (this.#provisionalTimer) clearTimeout(this.#provisionalTimer);
		this.removeAllListeners();
	}

	async #refreshNodes(): Promise<void> {
		let found: KnownNode[];
		const askedAt = performance.now();
		try {
			found = await this.#lease.nodes();
		} catch (error) {
			if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'nodes were not found');
			return;
		}
		// A node that cannot keep its own lease does not know which of the others live.
		if (!this.#lease.isHeld) return;
		const [before, after] = [this.#nodes, found].map((list) => list.map(({ id }) => id)) as [
			string[],
			string[],
		];
		this.#nodes = found;
		this.#refreshedAt = askedAt;
		for (const id of after)
			if (!before.includes(id) && id !== this.ownId) {
				this.#log.info({ node: id }, 'a node came');
				this.emit('came', id);
			}
		for (const id of before)
			if (!after.includes(id) && id !== this.ownId) {
				this.#log.warn({ node: id }, 'a node is gone');
				this.emit('gone', id);
			}
	}

	/** The node has a lease again: what it had meanwhile is its own, unless another node has it by now. */
	async #claimAgain(kind: 'lasting' | 'provisional'): Promise<void> {
		const places = [...this.#ownPlaces].filter(([, one]) => one === kind).map(([place]) => place);
		for (const place of places) {
			try {
				const { isOurs } = await this.#lease.claim(place);
				if (!this.#ownPlaces.has(place)) continue;
				if (isOurs) this.#ownPlaces.set(place, 'lasting');
				if (isOurs) continue;
			} catch {
				// The lease is lost again, and this happens once more when it is held.
				return;
			}
			this.#ownPlaces.delete(place);
			this.#log.warn({ place }, 'another node has this place now');
			this.emit('taken', place);
		}
	}
}
