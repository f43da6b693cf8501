import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { Log } from '../platform/log.ts';
import type { KnownNode, NodeLease } from './nodeLease.ts';

/** What one node has and all others ask it about: a room with people in it, or the people who meet strangers. */
export type Place = `room ${RoomId}` | 'strangers' | 'rings' | 'chores';

/** How long a node claims only what it had before, once it has a lease again after it lost one, in ms: the others may be later. */
const quietTime = 4_000;
/** How often the nodes that live are looked up, in ms. */
const lookEvery = 1_000;

/** Loads that differ by less count as the same. */
const noticeable = 0.05;

/**
 * The node for a new place: one of the least loaded that are not about to end. Among those the name of the place decides,
 * so that people who come to several nodes at one moment meet.
 *
 * @returns null if there is none.
 */
export function bestOf(
	nodes: readonly Pick<KnownNode, 'id' | 'load' | 'draining'>[],
	place: string,
): string | null {
	const open = nodes.filter(({ draining }) => !draining);
	const least = Math.min(...open.map(({ load }) => load));
	const [best] = open
		.filter(({ load }) => load < least + noticeable)
		.map(({ id }) => ({ id, weight: createHash('sha256').update(`${place} ${id}`).digest('hex') }))
		.toSorted((a, b) => (a.weight < b.weight ? -1 : 1));
	return best?.id ?? null;
}

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
	readonly #ours = new Map<Place, 'lasting' | 'provisional'>();
	#provisionalTimer: NodeJS.Timeout | null = null;
	/** The lease was lost. Until this time, in ms of the monotonic clock, others may claim again what they had. */
	#isLost = false;
	#quietUntil = 0;
	/** This node alone is cut off: the others own what it cannot prove to be its own. */
	#isAlone = false;
	readonly #timer: NodeJS.Timeout;
	#nodes: KnownNode[] = [];
	#looking: Promise<void> | null = null;

	constructor(lease: NodeLease, log: Log) {
		super();
		this.#lease = lease;
		this.#log = log;
		this.#timer = setInterval(() => void this.look(), lookEvery);
		lease.on('lost', () => (this.#isLost = true));
		lease.on('held', () => {
			// A node that was alone has nothing that others could be late to claim.
			if (this.#isLost && !this.#isAlone) this.#quietUntil = performance.now() + quietTime;
			this.#isLost = false;
			this.#isAlone = false;
			void this.#claimAgain('lasting');
			// Who had a place before Redis went away comes first.
			if (this.#provisionalTimer) clearTimeout(this.#provisionalTimer);
			this.#provisionalTimer = setTimeout(() => void this.#claimAgain('provisional'), quietTime);
		});
	}

	get us(): string {
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
		const had = [...this.#ours.keys()];
		this.#ours.clear();
		this.#log.warn({ places: had.length }, 'this node alone is cut off from Redis');
		for (const place of had) this.emit('taken', place);
		this.emit('alone');
	}

	/** Looks which nodes live. Never rejects. */
	look(): Promise<void> {
		this.#looking ??= this.#look().finally(() => (this.#looking = null));
		return this.#looking;
	}

	/**
	 * Makes this node the one that has the place. While Redis is away a place is had until another node turns out to have it.
	 *
	 * @throws {CodedError} ELSEWHERE if another node has it; UNAVAILABLE while nobody can tell.
	 */
	async claim(place: Place): Promise<void> {
		if (this.#ours.has(place)) return;
		if (this.#isAlone) throw new CodedError('ELSEWHERE');
		if (this.#lease.isCutOff) {
			this.#ours.set(place, 'provisional');
			return;
		}
		if (performance.now() < this.#quietUntil) throw new CodedError('UNAVAILABLE');
		const { isOurs } = await this.#lease.claim(place);
		if (!isOurs) throw new CodedError('ELSEWHERE');
		this.#ours.set(place, 'lasting');
	}

	async release(place: Place): Promise<void> {
		if (this.#ours.delete(place)) await this.#lease.release(place);
	}

	/** Whether this node has the place. */
	has(place: Place): boolean {
		return this.#ours.has(place);
	}

	/**
	 * Which node has the place; null if none has, or nobody can tell.
	 */
	async ownerOf(place: Place): Promise<string | null> {
		if (this.#ours.has(place)) return this.us;
		try {
			return (await this.#lease.ownerOf(place))?.owner ?? null;
		} catch (error) {
			if (error instanceof CodedError) return null;
			throw error;
		}
	}

	/** The node that a new place belongs to; all nodes give the same answer, as far as they know the same of each other. */
	best(place: string): string {
		const nodes = this.#isAlone ? this.#nodes.filter(({ id }) => id !== this.us) : this.#nodes;
		return bestOf(nodes, place) ?? this.us;
	}

	close(): void {
		clearInterval(this.#timer);
		if (this.#provisionalTimer) clearTimeout(this.#provisionalTimer);
		this.removeAllListeners();
	}

	async #look(): Promise<void> {
		let found: KnownNode[];
		try {
			found = await this.#lease.nodes();
		} catch (error) {
			if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'nodes were not found');
			return;
		}
		// A node that cannot keep its own lease does not know which of the others live.
		if (!this.#lease.isHeld) return;
		const [before, now] = [this.#nodes, found].map((list) => list.map(({ id }) => id)) as [
			string[],
			string[],
		];
		this.#nodes = found;
		for (const id of now)
			if (!before.includes(id) && id !== this.us) {
				this.#log.info({ node: id }, 'a node came');
				this.emit('came', id);
			}
		for (const id of before)
			if (!now.includes(id) && id !== this.us) {
				this.#log.warn({ node: id }, 'a node is gone');
				this.emit('gone', id);
			}
	}

	/** The node has a lease again: what it had meanwhile is its own, unless another node has it by now. */
	async #claimAgain(kind: 'lasting' | 'provisional'): Promise<void> {
		const places = [...this.#ours].filter(([, one]) => one === kind).map(([place]) => place);
		for (const place of places) {
			try {
				const { isOurs } = await this.#lease.claim(place);
				if (!this.#ours.has(place)) continue;
				if (isOurs) this.#ours.set(place, 'lasting');
				if (isOurs) continue;
			} catch {
				// The lease is lost again, and this happens once more when it is held.
				return;
			}
			this.#ours.delete(place);
			this.#log.warn({ place }, 'another node has this place now');
			this.emit('taken', place);
		}
	}
}
