import { placePeer } from '#sfu/media/router/placement.ts';
import type { PlannedRoom } from './day.ts';
import { Random } from './random.ts';
import {
	routerLoads,
	SimulatedNode,
	useOf,
	type NodeSettings,
	type SimulatedRouter,
} from './simulatedNode.ts';
import { strategies, type StrategyName } from './strategies.ts';

export type SimulationSettings = NodeSettings & {
	nodes: number;
	seed: number;
	/** The first node dies at this time, in s, and is back ten minutes later; null if none does. */
	failsAt: number | null;
};

/** What is seen of one node once a minute: shares of cores, counts, and packets a second that are piped. */
export type Sample = {
	utilisation: number;
	busiestWorker: number;
	peers: number;
	rooms: number;
	piped: number;
};

/** What a day was like. */
export type Day = {
	/** By node, minute by minute while it lives. */
	samples: Map<string, Sample[]>;
	/** How far the most and the least busy node were apart, each minute. */
	apart: number[];
	/** Packets a second that are piped between workers, of all nodes together, each minute. */
	piped: number[];
	rooms: number;
	/** Rooms that began on another node than the one at hand. */
	passedOn: number;
	/** People who came in, and those for whom there was no place. */
	people: number;
	refused: number;
	/** People who came back into their rooms on other nodes, because theirs died; and what this did to the busiest of the others. */
	failure: { people: number; rooms: number; before: number; after: number } | null;
};

/** How old what nodes say is at most when it is used, in s: they say it once a second, and look once a second. */
const tellEvery = 2;
/** When people of a node that died come back: after the lease, within so many s. */
const [leaseTime, returnTime] = [3, 2];
/** For how long a node that died is away, in s. */
const failureTime = 600;
/** For how long after a failure the busiest other node is looked at, in s. */
const lookedAt = 300;

type Room = {
	name: string;
	node: SimulatedNode | null;
	routers: SimulatedRouter[];
	inside: Set<Person>;
};
type Person = { room: Room; router: SimulatedRouter | null };
type Event = { at: number; happen: () => void };

/** Plays a day: the rooms go to nodes by a strategy, and their people to workers by `placePeer`. */
export class Simulation {
	readonly #settings: SimulationSettings;
	#nodes: SimulatedNode[];
	readonly #live = new Set<Room>();
	readonly #choose: ReturnType<(typeof strategies)[StrategyName]>;
	readonly #random: Random;
	#told: ReturnType<SimulatedNode['tell']>[] = [];
	#now = 0;
	/** What comes of what happened, beside what was planned. */
	#later: Event[] = [];
	#failedAt: number | null = null;
	readonly #day: Day;

	constructor(strategy: StrategyName, settings: SimulationSettings) {
		this.#settings = settings;
		this.#nodes = Array.from(
			{ length: settings.nodes },
			(_, index) => new SimulatedNode(`node-${index + 1}`, settings),
		);
		this.#choose = strategies[strategy](settings.seed);
		this.#random = new Random(settings.seed);
		this.#day = {
			samples: new Map(this.#nodes.map(({ id }) => [id, []])),
			apart: [],
			piped: [],
			rooms: 0,
			passedOn: 0,
			people: 0,
			refused: 0,
			failure: null,
		};
	}

	/** @param hours after which it ends, whoever is still in a room. */
	run(planned: readonly PlannedRoom[], hours: number): Day {
		const events = planned.flatMap((plan, index) => this.#eventsOf(plan, `room ${index}`));
		const { failsAt } = this.#settings;
		if (failsAt !== null) events.push({ at: failsAt, happen: () => this.#fail() });
		for (let minute = 1; minute <= hours * 60; minute++)
			events.push({ at: minute * 60, happen: () => this.#sample() });
		events.sort((one, other) => one.at - other.at);
		for (const event of events) {
			while (this.#later[0] && this.#later[0].at <= event.at) this.#happen(this.#later.shift());
			if (event.at > hours * 3600) break;
			this.#happen(event);
		}
		return this.#day;
	}

	#happen(event: Event | undefined): void {
		if (!event) return;
		const [before, now] = [this.#now, event.at].map((at) => Math.floor(at / tellEvery));
		this.#now = event.at;
		if (before !== now || this.#told.length === 0) this.#listen();
		event.happen();
	}

	/** What nodes said at the last beat: nothing has happened since. */
	#listen(): void {
		const beat = Math.floor(this.#now / tellEvery) * tellEvery;
		this.#told = this.#nodes.map((node) => node.tell(beat));
	}

	#schedule(events: Event[]): void {
		this.#later = [...this.#later, ...events].sort((one, other) => one.at - other.at);
	}

	#eventsOf({ people }: PlannedRoom, name: string): Event[] {
		const room: Room = { name, node: null, routers: [], inside: new Set() };
		return people.flatMap(({ comes, leaves }) => {
			const person: Person = { room, router: null };
			return [
				{ at: comes, happen: () => this.#come(person) },
				{ at: leaves, happen: () => this.#leave(person) },
			];
		});
	}

	#come(person: Person): void {
		this.#day.people++;
		person.room.inside.add(person);
		this.#enter(person);
	}

	/** Into the room, on the node that has it or gets it. */
	#enter(person: Person): void {
		const { room } = person;
		room.node ??= this.#place(room);
		const { node } = room;
		const { bounds } = this.#settings;
		const placed = placePeer(
			routerLoads(room.routers, bounds.audible),
			node.loads(this.#now),
			bounds,
		);
		if (!placed) {
			this.#day.refused++;
			return;
		}
		this.#change(room, node, () => {
			const isOn = 'router' in placed;
			const router = isOn ? room.routers[placed.router] : { slot: placed.worker, peers: 0 };
			const worker = node.workers[router?.slot ?? -1];
			if (!router || !worker) throw new Error('placePeer named a router that is not there');
			if (!isOn) {
				room.routers.push(router);
				worker.routers++;
			}
			router.peers++;
			worker.peers++;
			person.router = router;
		});
	}

	#place(room: Room): SimulatedNode {
		const [first, ...others] = this.#nodes;
		if (!first) throw new Error('no node is alive');
		// The load balancer knows nothing of loads.
		const here = this.#random.of([first, ...others]).id;
		const known = this.#told.filter(({ id }) => this.#nodes.some((node) => node.id === id));
		const id = this.#choose(known, room.name, here, this.#now);
		const node = this.#nodes.find((one) => one.id === id) ?? first;
		node.begin(this.#now);
		this.#live.add(room);
		this.#day.rooms++;
		if (id !== here) this.#day.passedOn++;
		return node;
	}

	#leave(person: Person): void {
		const { room, router } = person;
		const { node } = room;
		room.inside.delete(person);
		if (node && router)
			this.#change(room, node, () => {
				const worker = node.workers[router.slot];
				if (!worker) throw new Error('the worker of a router is not there');
				router.peers--;
				worker.peers--;
				if (router.peers > 0) return;
				room.routers = room.routers.filter((other) => other !== router);
				worker.routers--;
			});
		person.router = null;
		if (node && room.inside.size === 0) {
			node.rooms--;
			room.node = null;
			this.#live.delete(room);
		}
	}

	/** Counts what the room takes anew, after something about it is another way. */
	#change(room: Room, node: SimulatedNode, change: () => void): void {
		const { audible } = this.#settings.bounds;
		node.change(useOf(room.routers, audible), -1, this.#now);
		change();
		node.change(useOf(room.routers, audible), 1, this.#now);
	}

	#sample(): void {
		const utilisations = this.#nodes.map(({ utilisation }) => utilisation);
		for (const node of this.#nodes)
			this.#day.samples.get(node.id)?.push({
				utilisation: node.utilisation,
				busiestWorker: Math.max(...node.workers.map(({ cpu }) => cpu)),
				peers: node.peers,
				rooms: node.rooms,
				piped: node.piped,
			});
		this.#day.apart.push(Math.max(...utilisations) - Math.min(...utilisations));
		this.#day.piped.push(this.#nodes.reduce((sum, { piped }) => sum + piped, 0));
		const { failure } = this.#day;
		if (failure && this.#failedAt !== null && this.#now <= this.#failedAt + lookedAt)
			failure.after = Math.max(failure.after, ...utilisations);
	}

	/** The first node dies. Its people come back, and with the first one of each room the room has another node. */
	#fail(): void {
		const [node, ...others] = this.#nodes;
		if (!node || others.length === 0) return;
		const lost = [...this.#live].filter((room) => room.node === node);
		const people = lost.flatMap(({ inside }) => [...inside]).filter(({ router }) => router);
		for (const room of lost) {
			room.node = null;
			room.routers = [];
			this.#live.delete(room);
		}
		for (const person of people) person.router = null;
		this.#nodes = others;
		this.#failedAt = this.#now;
		this.#day.failure = {
			people: people.length,
			rooms: lost.length,
			before: Math.max(...others.map(({ utilisation }) => utilisation)),
			after: 0,
		};
		const comeBack = (person: Person): Event => ({
			at: this.#now + leaseTime + this.#random.between(0, returnTime),
			happen: () => {
				if (person.room.inside.has(person)) this.#enter(person);
			},
		});
		const anew = new SimulatedNode(node.id, this.#settings);
		this.#schedule([
			...people.map(comeBack),
			{ at: this.#now + failureTime, happen: () => this.#nodes.unshift(anew) },
		]);
	}
}
