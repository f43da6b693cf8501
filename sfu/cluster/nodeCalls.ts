import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId, RoomId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { CallRequests, CallRooms, Calls } from '../calls/calls.ts';
import type { Ring, RingRegistry } from '../calls/ringRegistry.ts';
import type { Cluster } from '../nodes/enterCluster.ts';

/**
 * Calls from person to person on several nodes. One of them looks after all rings, and the others ask it. Each has a copy
 * of the rings, so that another one can go on with them.
 */
export class NodeCalls implements CallRequests {
	readonly #calls: Calls;
	readonly #rings: RingRegistry;
	readonly #cluster: Cluster;
	/** What each page of this node is called among the nodes. */
	readonly #names = new WeakMap<object, string>();
	/** Pages of other nodes that call people. */
	readonly #pages = new Map<string, object>();

	constructor(calls: Calls, rings: RingRegistry, cluster: Cluster) {
		this.#calls = calls;
		this.#rings = rings;
		this.#cluster = cluster;
		const { news, places } = cluster;
		rings.on('changed', (ring) => news.tell('ring', ring));
		rings.on('forgotten', (ringId) => news.tell('ring over', ringId));
		news.listen('ring', ([ring]: [Ring]) => rings.receive(ring));
		news.listen('ring over', ([ringId]: [RingId]) => rings.receiveForgotten(ringId));
		news.listen('page gone', ([name]: [string]) => this.#pageGone(name));
		type StartArguments = [PersonId, Parsed<'call:start'>, string];
		news.answer('call:start', ([person, input, page]: StartArguments) =>
			calls.start(person, input, this.#pageOf(page)),
		);
		news.answer('call:accept', (args: [PersonId, RingId]) => calls.accept(...args));
		news.answer('call:decline', (args: [PersonId, RingId, string | null]) =>
			calls.decline(...args),
		);
		news.answer('call:cancel', (args: [PersonId, RingId]) => calls.cancel(...args));
		places.on('gone', () => {
			if (rings.all.length > 0) void this.#owner().catch(() => undefined);
		});
	}

	async start(
		person: PersonId,
		input: Parsed<'call:start'>,
		page: object,
	): Promise<Data<'call:start'>> {
		return this.#ask('call:start', () => this.#calls.start(person, input, page), [
			...[person, input, this.#nameOf(page)],
		]);
	}

	accept(person: PersonId, ringId: RingId): Promise<Data<'call:accept'>> {
		return this.#ask('call:accept', () => this.#calls.accept(person, ringId), [person, ringId]);
	}

	decline(person: PersonId, ringId: RingId, message: string | null): Promise<void> {
		return this.#ask('call:decline', () => this.#calls.decline(person, ringId, message), [
			...[person, ringId, message],
		]);
	}

	cancel(person: PersonId, ringId: RingId): Promise<void> {
		return this.#ask('call:cancel', () => this.#calls.cancel(person, ringId), [person, ringId]);
	}

	pageGone(page: object): void {
		this.#calls.pageGone(page);
		const name = this.#names.get(page);
		if (name !== undefined) this.#cluster.news.tell('page gone', name);
	}

	ringingFor(person: PersonId): Ring[] {
		return this.#calls.ringingFor(person);
	}

	/** For a node that is new. */
	tellAll(): void {
		for (const ring of this.#rings.all) this.#cluster.news.tell('ring', ring);
	}

	/** Carries out a request where the rings are looked after. */
	async #ask<T>(name: string, here: () => T | Promise<T>, args: unknown[]): Promise<T> {
		const owner = await this.#owner();
		const { news, places } = this.#cluster;
		return owner === places.ownId ? here() : (news.ask(owner, name, ...args) as Promise<T>);
	}

	/** The node that looks after the rings: this one, if no other one does. */
	async #owner(): Promise<string> {
		const { places } = this.#cluster;
		const owner = await places.ownerOf('rings');
		if (owner !== null) return owner;
		try {
			await places.claim('rings');
			this.#calls.adopt();
			return places.ownId;
		} catch (error) {
			const other = await places.ownerOf('rings');
			if (other === null || !(error instanceof CodedError)) throw error;
			return other;
		}
	}

	#nameOf(page: object): string {
		const name = this.#names.get(page) ?? crypto.randomUUID();
		this.#names.set(page, name);
		return name;
	}

	#pageOf(name: string): object {
		const page = this.#pages.get(name) ?? {};
		this.#pages.set(name, page);
		return page;
	}

	#pageGone(name: string): void {
		const page = this.#pages.get(name);
		if (!page) return;
		this.#pages.delete(name);
		this.#calls.pageGone(page);
	}
}

/** The rooms of calls, on whichever node each is. */
export function roomsOfNodes(rooms: CallRooms, { news, places }: Cluster): CallRooms {
	type StatusQuery = [RoomId, PersonId];
	news.answer('call status', (query: StatusQuery) => rooms.callStatus(...query));
	return {
		callStatus: async (...query) => {
			const owner = await places.ownerOf(`room ${query[0]}`);
			if (owner === null || owner === places.ownId) return rooms.callStatus(...query);
			const status = await news.ask(owner, 'call status', ...query);
			return status as Awaited<ReturnType<CallRooms['callStatus']>>;
		},
	};
}
