import { randomBytes } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { CallRooms, Calls } from '../calls/calls.ts';
import type { RingRegistry } from '../calls/ringRegistry.ts';
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
import type { MakeBudget } from '../platform/budget.ts';
import type { Config } from '../platform/config.ts';
import { cutConnections, listen } from '../platform/listen.ts';
import type { Log } from '../platform/log.ts';
import { StartError } from '../platform/startError.ts';
import type { RoomOwners } from '../signalling/room/liveRooms.ts';
import { LeaseWatch } from './leaseWatch.ts';
import { NodeCalls, roomsOfNodes } from './nodeCalls.ts';
import { NodeLoad } from './nodeLoad.ts';
import type { Nodes } from './nodes.ts';
import { shareParts, type SharedParts } from './shareParts.ts';

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
			return { url, version, region: node.region, draining, ...live(), ...load.measure() };
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
			const far = ({ region }: NodeState) => Number(region !== node.region);
			for (const other of others.toSorted((a, b) => far(a) - far(b) || a.load - b.load)) {
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

	share(parts: SharedParts): void {
		const { rooms } = parts;
		this.#state.live = () => ({
			rooms: rooms.all.size,
			begun: this.#cluster.places.begun,
			peers: [...rooms.all].reduce((sum, { room }) => sum + room.joined.length, 0),
		});
		shareParts(this.#cluster, parts, () => this.#calls?.tellAll());
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
