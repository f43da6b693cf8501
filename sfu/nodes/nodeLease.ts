import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import type { Log } from '../platform/log.ts';
import type { RedisConnection } from './redisConnection.ts';
import * as scripts from './scripts.ts';

/** What a node says about itself once a second. */
export const nodeState = v.object({
	/** Where other nodes reach it; empty where they need not. */
	url: v.string(),
	/** The version of the program. */
	version: v.string(),
	/** Where it is, as its operator named it. */
	region: v.optional(v.string(), ''),
	/** The share of its capacity that is in use, from 0 to 1: that of the part which is busiest. */
	load: v.number(),
	/** The share of its cores that the media workers use, on average. */
	workersCpu: v.optional(v.number(), 0),
	/** The share of a core that the main thread of Node uses. */
	nodeCpu: v.optional(v.number(), 0),
	/** How many rooms are live there. */
	rooms: v.optional(v.number(), 0),
	/** How many rooms began there so lately that the load does not show them. */
	begun: v.optional(v.number(), 0),
	/** How many peers are in its rooms. */
	peers: v.optional(v.number(), 0),
	/** It takes no new rooms. */
	draining: v.boolean(),
});
export type NodeState = v.InferOutput<typeof nodeState>;

/** A node as the others know it. */
export type KnownNode = NodeState & {
	id: string;
	/** How old this description is, in ms. */
	age: number;
};

/** Who owns a name: this node or another one, and under which fencing number. */
export type Ownership = { owner: string; isOurs: boolean; fence: number };

/** In ms. The margin is for clocks that do not run equally fast. */
export type LeaseTimes = { lease: number; beat: number; margin: number };
const usualTimes: LeaseTimes = { lease: 3_000, beat: 1_000, margin: 300 };
/** How soon a beat that failed is repeated, as a share of the time between beats. */
const retryShare = 1 / 5;
/** How many entries of owners a beat renews: a node with ten thousand names renews each within a minute. */
const renewedPerBeat = 250;

type Lease = {
	readonly epoch: string;
	/** Of what Redis holds: see `scripts.ts`. */
	generation: string;
	/** When it ends unless it is renewed, in ms of the monotonic clock. In Redis it lives longer. */
	until: number;
	/** What this node owns, with the fencing numbers. */
	readonly owned: Map<string, number>;
};

type NodeLeaseEvents = {
	/** There is a lease: the first one, or one after another was lost. */
	held: [];
	/** The lease is over, and with it all that the node owned. Another node may own it from now on. */
	lost: [string[]];
};

const answer = v.pipe(v.array(v.string()), v.minLength(1));

/**
 * The lease by which this node lives among the others. Everything that the node owns hangs on it, so one beat a second
 * keeps any number of rooms. The node stops to own by its own monotonic clock, before another node can begin to: also
 * while it is cut off from Redis, and after it was paused. Each ownership has a fencing number, which only rises.
 */
export class NodeLease extends EventEmitter<NodeLeaseEvents> {
	readonly id: string;
	readonly #redis: RedisConnection;
	readonly #describe: () => NodeState;
	readonly #log: Log;
	readonly #times: LeaseTimes;
	#lease: Lease | null = null;
	/** The epoch that is to begin, or began though no answer came. */
	#next = randomUUID();
	/** The epoch of the lease before. */
	#before = '';
	/** Where in the list of names the next beat goes on to renew entries. */
	#renewed = 0;
	/** What became of the last attempt to get a lease. */
	#joinStatus = '';
	#beatTimer: NodeJS.Timeout | null = null;
	#endTimer: NodeJS.Timeout | null = null;
	#closed = false;

	/** @param describe what the node says about itself now. */
	constructor(
		id: string,
		redis: RedisConnection,
		describe: () => NodeState,
		log: Log,
		times: LeaseTimes = usualTimes,
	) {
		super();
		this.id = id;
		this.#redis = redis;
		this.#describe = describe;
		this.#log = log;
		this.#times = times;
	}

	/**
	 * Takes the lease, and renews it from then on.
	 *
	 * @returns whether the id was free: a process that has just ended holds it for the time of a lease.
	 * @throws {CodedError} UNAVAILABLE if Redis does not answer.
	 */
	async begin(): Promise<boolean> {
		const { lease, beat } = this.#times;
		const until = performance.now() + 2 * lease;
		while ((await this.#join()) !== 'ok') {
			if (this.#joinStatus === 'taken' && performance.now() > until) return false;
			await wait(beat * retryShare);
		}
		this.#scheduleBeat(beat);
		return true;
	}

	/** Whether the lease is valid at this moment. */
	get isHeld(): boolean {
		return this.#valid !== null;
	}

	/** Whether there is no lease because Redis does not answer. */
	get isCutOff(): boolean {
		return !this.isHeld && !this.#redis.isConnected;
	}

	/** Whether Redis answers, and gives no lease yet: after a restart those that it lost have to run out first. */
	get isAwaited(): boolean {
		return !this.isHeld && this.#joinStatus === 'settling';
	}

	/** Whether Redis renewed the lease a moment ago: within the time of a beat and a half. */
	get isFresh(): boolean {
		const { lease, beat, margin } = this.#times;
		const sent = (this.#valid?.until ?? 0) - (lease - margin);
		return this.isHeld && performance.now() - sent < 1.5 * beat;
	}

	/** The fencing number under which this node owns the name at this moment; null if it cannot prove that it does. */
	fenceOf(name: string): number | null {
		return this.#valid?.owned.get(name) ?? null;
	}

	/**
	 * Makes this node the owner of a name, if no other node is.
	 *
	 * @throws {CodedError} UNAVAILABLE while nobody can tell who owns it.
	 */
	async claim(name: string): Promise<Ownership> {
		const lease = this.#valid;
		if (!lease) throw new CodedError('UNAVAILABLE');
		const { epoch, generation } = lease;
		const owned = lease.owned.get(name);
		if (owned !== undefined) return { owner: this.id, isOurs: true, fence: owned };
		const [status, first, second] = await this.#run(
			scripts.claim,
			...[this.id, epoch, generation, name],
			this.#times.lease,
		);
		if (status === 'owned') return { owner: String(first), isOurs: false, fence: Number(second) };
		const isSame = this.#valid === lease && lease.generation === generation;
		if (status !== 'ok' || !isSame) throw new CodedError('UNAVAILABLE');
		const fence = Number(first);
		lease.owned.set(name, fence);
		return { owner: this.id, isOurs: true, fence };
	}

	/** From now on this node does not own the name. */
	async release(name: string): Promise<void> {
		const lease = this.#lease;
		const fence = lease?.owned.get(name);
		if (!lease || fence === undefined) return;
		lease.owned.delete(name);
		try {
			await this.#run(scripts.release, this.id, lease.epoch, name, fence);
		} catch (error) {
			// The entry still names this node, which may claim it again. It ends with the lease.
			this.#log.debug({ err: error, name }, 'a name was not released in Redis');
		}
	}

	/**
	 * Who owns the name; null if nobody does.
	 *
	 * @throws {CodedError} UNAVAILABLE while nobody can tell.
	 */
	async ownerOf(name: string): Promise<Ownership | null> {
		const [status, owner, fence] = await this.#run(scripts.find, name, this.#times.lease);
		if (status === 'free') return null;
		if (status !== 'owned' || owner === undefined) throw new CodedError('UNAVAILABLE');
		return { owner, isOurs: owner === this.id, fence: Number(fence) };
	}

	/** The nodes that live, this one among them. Nodes that describe themselves in another way are left out. */
	async nodes(): Promise<KnownNode[]> {
		const listed = v.parse(v.array(v.string()), await this.#redis.run(scripts.list));
		const nodes: KnownNode[] = [];
		for (let at = 0; at < listed.length; at += 3) {
			const [id = '', description, left] = listed.slice(at, at + 3);
			const state = v.safeParse(v.pipe(v.string(), v.parseJson(), nodeState), description);
			const age = Math.max(0, this.#times.lease - Number(left));
			if (state.success) nodes.push({ id, ...state.output, age });
		}
		return nodes;
	}

	/** Gives the lease back: whatever this node owned is free at once. */
	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#beatTimer) clearTimeout(this.#beatTimer);
		const lease = this.#lease;
		this.#end('the node ends');
		if (!lease) return;
		await this.#run(scripts.leave, this.id, lease.epoch).catch((error: unknown) =>
			this.#log.debug({ err: error }, 'the lease was not given back to Redis'),
		);
	}

	/** The lease, if it is valid at this moment. The clock decides, since timers are late after a pause. */
	get #valid(): Lease | null {
		return this.#lease && performance.now() < this.#lease.until ? this.#lease : null;
	}

	#scheduleBeat(ms: number): void {
		if (this.#closed) return;
		this.#beatTimer = setTimeout(() => {
			this.#beat().then(
				(done) => this.#scheduleBeat(done ? this.#times.beat : this.#times.beat * retryShare),
				(error: unknown) => {
					if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'a beat failed');
					this.#scheduleBeat(this.#times.beat * retryShare);
				},
			);
		}, ms);
	}

	/** @returns whether the node has a lease now. */
	async #beat(): Promise<boolean> {
		const lease = this.#lease;
		if (!lease) return (await this.#join()) === 'ok';
		const sent = performance.now();
		const [status, generation] = await this.#run(
			scripts.renew,
			...this.#leaseArguments(lease.epoch, lease.generation),
			...this.#namesToRenew(lease),
		);
		if (status === 'restarted') return this.#restore(lease, String(generation));
		return this.#extend(lease, status, sent);
	}

	/** Redis lost the lease, by a restart for instance. It can be put back while it is valid. */
	async #restore(lease: Lease, generation: string): Promise<boolean> {
		const sent = performance.now();
		if (this.#valid !== lease) return this.#extend(lease, 'lost', sent);
		const owned = [...lease.owned].flatMap(([name, fence]) => [name, String(fence)]);
		const [status] = await this.#run(
			scripts.restore,
			...this.#leaseArguments(lease.epoch, generation),
			...owned,
		);
		if (status === 'ok') lease.generation = generation;
		return this.#extend(lease, status, sent);
	}

	/** @param sent when the request was sent that Redis answered: the lease lasts from then on. */
	#extend(lease: Lease, status: string, sent: number): boolean {
		if (lease !== this.#lease) return false;
		if (status === 'lost') this.#end('Redis does not know it any more');
		if (status !== 'ok') return false;
		lease.until = sent + this.#times.lease - this.#times.margin;
		this.#watchEnd(lease);
		return true;
	}

	async #join(): Promise<string> {
		const sent = performance.now();
		const epoch = this.#next;
		const [status, generation] = await this.#run(
			scripts.join,
			...this.#leaseArguments(epoch, this.#before),
		).catch((error: unknown) => {
			this.#joinStatus = '';
			throw error;
		});
		if (status === 'taken' && this.#joinStatus !== status)
			this.#log.warn({ node: this.id }, 'another node holds the lease of this id');
		this.#joinStatus = status;
		if (status !== 'ok' || this.#closed) return status;
		// A pause may have outlasted it already.
		const until = sent + this.#times.lease - this.#times.margin;
		this.#lease = { epoch, generation: String(generation), until, owned: new Map() };
		this.#before = epoch;
		this.#next = randomUUID();
		this.#watchEnd(this.#lease);
		this.#log.info({ node: this.id, epoch }, 'the node has a lease');
		this.emit('held');
		return status;
	}

	#watchEnd(lease: Lease): void {
		if (this.#endTimer) clearTimeout(this.#endTimer);
		const left = lease.until - performance.now();
		this.#endTimer = setTimeout(() => this.#end('it was not renewed in time'), Math.max(0, left));
	}

	#end(why: string): void {
		if (this.#endTimer) clearTimeout(this.#endTimer);
		const lease = this.#lease;
		if (!lease) return;
		this.#lease = null;
		const names = [...lease.owned.keys()];
		if (!this.#closed)
			this.#log.warn({ node: this.id, why, owned: names.length }, 'the lease of this node is over');
		this.emit('lost', names);
	}

	/** The first arguments of the scripts that give or keep a lease. */
	#leaseArguments(epoch: string, second: string): string[] {
		return [this.id, epoch, second, JSON.stringify(this.#describe()), String(this.#times.lease)];
	}

	/** A part of the names that this node owns, in turn. */
	#namesToRenew({ owned }: Lease): string[] {
		if (this.#renewed >= owned.size) this.#renewed = 0;
		const names = [...owned.keys()].slice(this.#renewed, this.#renewed + renewedPerBeat);
		this.#renewed += renewedPerBeat;
		return names;
	}

	async #run(script: string, ...values: (string | number)[]): Promise<[string, ...string[]]> {
		const reply = v.parse(answer, await this.#redis.run(script, ...values));
		return reply as [string, ...string[]];
	}
}
