import { randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { CallEvents, CallRequests, CallRooms, Calls } from '../calls/calls.ts';
import type { RingRegistry } from '../calls/ringRegistry.ts';
import type { ChatEvents, Chats } from '../chat/chats.ts';
import { borrowFrom } from '../media/lent/borrow.ts';
import { WorkerLender } from '../media/lent/workerLender.ts';
import { lanAddresses } from '../media/worker/addresses.ts';
import type { MediaAddresses } from '../media/worker/mediaAddresses.ts';
import type { WorkerPool } from '../media/worker/workers.ts';
import type { Cluster } from '../nodes/enterCluster.ts';
import { loadNodeId } from '../nodes/nodeId.ts';
import type { NodeState } from '../nodes/nodeLease.ts';
import type { Place } from '../nodes/places.ts';
import { connectionId, Relay, type Sockets } from '../nodes/relay.ts';
import { share } from '../nodes/share.ts';
import type { AccountRemoval, RemovalEvents } from '../people/identity/accountRemoval.ts';
import type { SessionEvents, SessionRegistry } from '../people/identity/sessionRegistry.ts';
import type { Presence, PresencePart } from '../people/presence/presence.ts';
import type { AcquaintanceEvents, Acquaintances } from '../people/social/acquaintances.ts';
import { ownBudget, type MakeBudget } from '../platform/budget.ts';
import type { Config } from '../platform/config.ts';
import { cutConnections, listen } from '../platform/listen.ts';
import type { Log } from '../platform/log.ts';
import { StartError } from '../platform/startError.ts';
import type { MatchPeers } from '../signalling/match/matchPeers.ts';
import {
	onlyHere,
	type LiveRooms,
	type LiveRoomsEvents,
	type RoomOwners,
} from '../signalling/room/liveRooms.ts';
import { LeaseWatch } from './leaseWatch.ts';
import { NodeCalls, roomsOfNodes } from './nodeCalls.ts';
import { NodeLoad } from './nodeLoad.ts';

/** What each node knows of people, rooms and chats, and the others need to know. */
type Shared = {
	chats: Chats;
	sessionRegistry: SessionRegistry;
	accountRemoval: AccountRemoval;
	acquaintances: Acquaintances;
	presence: Presence;
	calls: Calls;
	rooms: LiveRooms;
	matchPeers: MatchPeers;
	/** Has all pages connect anew, and say again what they rely on. */
	reconnect(): void;
};

/** What the parts of the service need of the nodes, however many there are. */
export type Nodes = {
	/** What this one is called among the nodes; null if it is none. */
	readonly id: string | null;
	/** How many nodes are ready, as far as this one knows. */
	readonly ready: number;
	/** Whether this node alone is cut off from the others. */
	readonly isAlone: boolean;
	/** Whether another node is there. */
	readonly hasOthers: boolean;
	/** Makes ids of connections by which other nodes find this one; null if there are no others. */
	readonly newConnectionId: (() => string) | null;
	/** Whether a media worker of this node carries people of another one. */
	readonly isLending: boolean;
	/** The rooms of this node among those of all. */
	readonly owners: RoomOwners;
	/** Makes budgets that all nodes count together. */
	readonly budget: MakeBudget;
	/** Whether people are in this room's call, on another node. */
	isLiveElsewhere(id: RoomId): Promise<boolean>;
	/** Makes this node the one that has the place, if no other one has it. @returns whether it has it. */
	tryClaim(place: Place): Promise<boolean>;
	/** Whether this node has the place. */
	has(place: Place): boolean;
	/**
	 * Makes this node the one where strangers meet.
	 *
	 * @throws {CodedError} ELSEWHERE if they meet on another one; UNAVAILABLE while nobody can tell.
	 */
	claimStrangers(): Promise<void>;
	/**
	 * Asks all nodes, this one first. A node that does not answer is left out.
	 *
	 * @param question its name among the nodes.
	 */
	askAllNodes<A extends unknown[], T>(
		question: string,
		here: (...args: A) => T | Promise<T>,
	): (...args: A) => Promise<T[]>;
	/** The rooms of calls, on whichever node each is. */
	callRooms(rooms: CallRooms): CallRooms;
	/** Calls from person to person, whichever node looks after them. */
	calls(calls: Calls, rings: RingRegistry): CallRequests;
	/** The nodes tell each other what happens from now on. */
	share(parts: Shared): void;
	/** Requests that another node is for go there from now on. */
	attach(server: Server): void;
	/** Takes what other nodes pass on. */
	listen(pages: RequestListener, sockets: Sockets): Promise<void>;
	/** Has the media ports looked at that are kept for workers of other nodes, and that no such worker has. */
	examineLentPorts<T>(look: (ports: readonly number[]) => Promise<T>): Promise<T>;
	/** New rooms begin on other nodes from now on. */
	drain(): void;
	close(): Promise<void>;
};

/** One process is the whole service. */
export const alone: Nodes = {
	id: null,
	ready: 1,
	isAlone: false,
	hasOthers: false,
	isLending: false,
	newConnectionId: null,
	owners: onlyHere,
	budget: ownBudget,
	isLiveElsewhere: () => Promise.resolve(false),
	tryClaim: () => Promise.resolve(true),
	has: () => true,
	claimStrangers: () => Promise.resolve(),
	askAllNodes:
		(_question, here) =>
		async (...args) => [await here(...args)],
	callRooms: (rooms) => rooms,
	calls: (calls) => calls,
	share: () => undefined,
	attach: () => undefined,
	listen: () => Promise.resolve(),
	examineLentPorts: (look) => look([]),
	drain: () => undefined,
	close: () => Promise.resolve(),
};

/** @throws {StartError} if a setting is missing that several nodes need. */
export function checkNodeSettings({ data, files }: Pick<Config, 'data' | 'files'>): void {
	if (data.databaseUrl === '')
		throw new StartError(
			'data.databaseUrl: with redis.url, all nodes share a PostgreSQL database. Name it.',
		);
	if (files.dir === '' && files.s3.bucket === '' && files.maxMegabytes > 0)
		throw new StartError(
			'files.dir: with redis.url, all nodes need one place for files. Name a folder or a bucket (files.s3), or set files.maxMegabytes to 0 to accept none.',
		);
}

type State = {
	url: string;
	draining: boolean;
	/** Counts what is live. */
	live: () => Pick<NodeState, 'rooms' | 'begun' | 'peers'>;
};

/** This process as one node of a service on several machines. */
export class ServiceNode implements Nodes {
	readonly #cluster: Cluster;
	readonly #relay: Relay;
	readonly #settings: Config['node'];
	readonly #state: State;
	readonly #lender: WorkerLender;
	readonly #watch: LeaseWatch;
	#receiver: Server | null = null;
	#calls: NodeCalls | null = null;

	private constructor(
		cluster: Cluster,
		relay: Relay,
		settings: Config['node'],
		state: State,
		lender: WorkerLender,
	) {
		this.#cluster = cluster;
		this.#relay = relay;
		this.#settings = settings;
		this.#state = state;
		this.#lender = lender;
		this.#watch = new LeaseWatch(cluster, relay.credentials);
	}

	/**
	 * @param secret all nodes have it.
	 * @throws {StartError}
	 */
	static async enter(
		{ redis, node, data }: Pick<Config, 'redis' | 'node' | 'data'>,
		secret: string,
		version: string,
		pool: WorkerPool,
		addresses: MediaAddresses,
		log: Log,
	): Promise<ServiceNode> {
		const id = node.id || loadNodeId(data.dir);
		// Nothing is passed on to a node before it listens.
		const state: State = {
			url: node.url,
			draining: true,
			live: () => ({ rooms: 0, begun: 0, peers: 0 }),
		};
		const load = new NodeLoad(pool);
		const describe = (): NodeState => {
			const { url, draining, live } = state;
			return { url, version, draining, ...live(), ...load.measure() };
		};
		// A service of one node does not load the client of Redis.
		const { enterCluster } = await import('../nodes/enterCluster.ts');
		const cluster = await enterCluster({ redisUrl: redis.url, nodeId: id }, describe, log);
		const relay = new Relay(cluster.places, secret, log);
		const lender = new WorkerLender(pool.ports, node.lentWorkers, addresses, log);
		pool.borrowed.isLeaving = (other) =>
			cluster.places.nodes.some(({ id: one, draining }) => one === other && draining);
		pool.borrowed.source = async () => {
			const others = cluster.places.nodes.filter((other) => other.id !== id && !other.draining);
			for (const other of others.toSorted((a, b) => a.load - b.load)) {
				try {
					const borrowed = await borrowFrom(other, relay.credentials);
					if (borrowed) return borrowed;
				} catch (error) {
					log.warn({ err: error, node: other.id }, 'a node lends no media worker');
				}
			}
			return null;
		};
		return new ServiceNode(cluster, relay, node, state, lender);
	}

	get id(): string {
		return this.#cluster.places.ownId;
	}

	readonly newConnectionId = () => connectionId(this.id, randomBytes(15).toString('base64url'));

	get ready(): number {
		return this.#cluster.places.nodes.filter(({ draining }) => !draining).length;
	}

	get isAlone(): boolean {
		return this.#cluster.places.isAlone;
	}

	get hasOthers(): boolean {
		return this.#cluster.places.nodes.some(({ id }) => id !== this.id);
	}

	get isLending(): boolean {
		return this.#lender.isLending;
	}

	get budget(): MakeBudget {
		return this.#cluster.budget;
	}

	get owners(): RoomOwners {
		const { places } = this.#cluster;
		const isElsewhere = () => this.hasOthers;
		return {
			get isElsewhere() {
				return isElsewhere();
			},
			claim: (id) => places.claim(`room ${id}`),
			release: (id) => void places.release(`room ${id}`),
			check: async (id) => {
				if (await this.isLiveElsewhere(id)) throw new CodedError('ELSEWHERE');
			},
		};
	}

	async isLiveElsewhere(id: RoomId): Promise<boolean> {
		const owner = await this.#cluster.places.ownerOf(`room ${id}`);
		return owner !== null && owner !== this.id;
	}

	async tryClaim(place: Place): Promise<boolean> {
		try {
			await this.#cluster.places.claim(place);
			return true;
		} catch {
			return false;
		}
	}

	share({
		chats,
		sessionRegistry,
		accountRemoval,
		acquaintances,
		presence,
		calls,
		rooms,
		matchPeers,
		reconnect,
	}: Shared): void {
		const { news, places } = this.#cluster;
		share<ChatEvents>(
			news,
			'chats',
			chats,
			['typing', 'read', 'member', 'removed', 'cleared', 'retained', 'slowed', 'named'],
			(event) => chats.receive(event),
		);
		chats.on('storedHere', (...stored) => news.tell('chats.stored', ...stored));
		chats.on('changedHere', (...changed) => news.tell('chats.changed', ...changed));
		news.listen('chats.stored', (stored: ChatEvents['storedHere']) =>
			chats.receivePosted(...stored),
		);
		news.listen('chats.changed', (changed: ChatEvents['changedHere']) =>
			chats.receiveChanged(...changed),
		);
		const sessionEvents = ['ended', 'excluded', 'moved', 'changed'] as const;
		share<SessionEvents>(news, 'sessions', sessionRegistry, sessionEvents, ({ event, args }) => {
			if (event === 'changed' || event === 'excluded') sessionRegistry.drop(args[0]);
		});
		share<RemovalEvents>(news, 'removal', accountRemoval, ['gone', 'banned']);
		const social = ['changed', 'blocked', 'unblocked', 'chosen'] as const;
		share<AcquaintanceEvents>(news, 'acquaintances', acquaintances, social, ({ event, args }) => {
			if (event === 'chosen') presence.choose(...args);
		});
		share<CallEvents>(news, 'calls', calls, ['ringing', 'over', 'hidden']);
		share<LiveRoomsEvents>(news, 'rooms', rooms, ['joined', 'left']);
		presence.on('part', (...part) => news.tell('presence', ...part));
		news.listen('presence', (args: [PersonId, PresencePart], from) =>
			presence.receive(from, ...args),
		);
		const tellAll = () => {
			for (const part of presence.parts) news.tell('presence', ...part);
			if (places.has('rings')) this.#calls?.tellAll();
		};
		places.on('came', tellAll);
		news.listen('tell all', tellAll);
		// As an operator would from this machine.
		news.listen(
			'drain',
			([id]: [string]) => id === this.id && process.kill(process.pid, 'SIGTERM'),
		);
		this.#state.live = () => ({
			rooms: rooms.all.size,
			begun: places.begun,
			peers: [...rooms.all].reduce((sum, { room }) => sum + room.joined.length, 0),
		});
		places.on('gone', (id) => presence.forgetNode(id));
		places.on('alone', reconnect);
		places.on('taken', (place) => {
			if (place === 'strangers') matchPeers.giveUp();
			else if (place === 'rings') calls.retire();
			else if (place.startsWith('room ')) void rooms.giveUp(place.slice('room '.length) as RoomId);
		});
		news.on('missed', () => {
			sessionRegistry.dropAll();
			chats.access.forgetAll();
			news.tell('tell all');
			reconnect();
		});
	}

	askAllNodes<A extends unknown[], T>(
		question: string,
		here: (...args: A) => T | Promise<T>,
	): (...args: A) => Promise<T[]> {
		const { news, places } = this.#cluster;
		news.answer(question, (args: A) => here(...args));
		return async (...args) => {
			const others = places.nodes.filter(({ id }) => id !== this.id);
			const answers = others.map(({ id }) => news.ask(id, question, ...args) as Promise<T>);
			const settled = await Promise.allSettled(answers);
			const there = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
			return [await here(...args), ...there];
		};
	}

	callRooms(rooms: CallRooms): CallRooms {
		return roomsOfNodes(rooms, this.#cluster);
	}

	calls(calls: Calls, rings: RingRegistry): NodeCalls {
		return (this.#calls ??= new NodeCalls(calls, rings, this.#cluster));
	}

	has(place: Place): boolean {
		return this.#cluster.places.has(place);
	}

	claimStrangers(): Promise<void> {
		return this.#cluster.places.claim('strangers');
	}

	attach(server: Server): void {
		this.#relay.attach(server);
	}

	async listen(pages: RequestListener, sockets: Sockets): Promise<void> {
		this.#receiver = this.#relay.receiver(pages, sockets, [this.#lender, this.#watch.answer]);
		const port = await listen(this.#receiver, this.#settings, 'node');
		const [host = '127.0.0.1'] = [this.#settings.address, ...lanAddresses()].filter(
			(address) => address !== '',
		);
		this.#state.url ||= `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
		this.#state.draining = false;
	}

	examineLentPorts<T>(look: (ports: readonly number[]) => Promise<T>): Promise<T> {
		return this.#lender.examine(look);
	}

	drain(): void {
		this.#state.draining = true;
		this.#lender.stop();
	}

	async close(): Promise<void> {
		this.#watch.close();
		const receiver = this.#receiver;
		if (receiver)
			await cutConnections(receiver, new Promise((resolve) => receiver.close(() => resolve())));
		await this.#cluster.close();
	}
}
