import type { PersonId } from '#shared/ids.ts';
import type { Calls } from '../calls/calls.ts';
import type { Ring } from '../calls/switchboard.ts';
import type { Acquaintances } from '../people/acquaintances.ts';
import type { Presence } from '../people/presence.ts';
import type { Broadcast } from './chatAudience.ts';
import type { Client } from './client.ts';

/** All pages of a person. */
const of = (person: PersonId) => `person ${person}`;
/** Those of them that show the list of people. */
const listOf = (person: PersonId) => `people of ${person}`;
/** Pages whose list this person is in and may be seen in. */
const watching = (person: PersonId) => `watching ${person}`;

/** Puts sockets that are in one channel into another one, or takes them out. */
export type Move = (channel: string, other: string) => void;

/** A ring as the one who is called is told. */
export const toWire = ({ ringId, roomId, caller, shown, video, since, others }: Ring) => ({
	...{ ringId, roomId, video, since, others },
	from: { personId: caller.personId, name: shown.name },
	known: shown.known,
});

/** The sockets that are told how people can be met, and those on which it rings. */
export class PeopleAudience {
	readonly #acquaintances: Acquaintances;
	readonly #presence: Presence;
	readonly #broadcast: Broadcast;
	/** Whom each list shows, to take them out again. */
	readonly #watched = new WeakMap<Client, PersonId[]>();

	constructor(
		acquaintances: Acquaintances,
		presence: Presence,
		calls: Calls,
		sockets: { broadcast: Broadcast; enlist: Move; dismiss: Move },
	) {
		const { broadcast } = sockets;
		this.#acquaintances = acquaintances;
		this.#presence = presence;
		this.#broadcast = broadcast;
		presence.on('changed', (personId, state) => {
			const name = presence.nameOf(personId);
			broadcast(watching(personId), 'people:state', { personId, name, state });
		});
		acquaintances.on('changed', (person) => broadcast(of(person), 'people:changed', {}));
		acquaintances.on('chosen', (person, state) =>
			broadcast(of(person), 'people:chosen', { state }),
		);
		acquaintances.on('blocked', ({ owner, blocked }) => {
			sockets.dismiss(listOf(blocked), watching(owner));
			void this.#tellOne(owner, blocked, true);
		});
		acquaintances.on('unblocked', ({ owner, blocked }) => {
			void this.#tellOne(owner, blocked, false).then((known) => {
				if (known) sockets.enlist(listOf(blocked), watching(owner));
			});
		});
		calls.on('ringing', (ring) =>
			broadcast(of(ring.callee.personId), 'call:ringing', { ring: toWire(ring) }),
		);
		calls.on('over', (ring, { message }) => {
			const { ringId, roomId, caller, callee, silence } = ring;
			const told = { ringId, roomId, outcome: ring.outcome ?? 'no-answer', message };
			broadcast(of(caller.personId), 'call:over', told);
			if (silence === null) broadcast(of(callee.personId), 'call:over', told);
		});
		calls.on('hidden', ({ ringId, roomId, callee }) =>
			broadcast(of(callee.personId), 'call:over', {
				...{ ringId, roomId, message: null },
				outcome: 'no-answer',
			}),
		);
	}

	/** From now on it rings here. */
	enter(client: Client): void {
		client.listen(of(client.personId));
	}

	/** Gives a client its list, and from then on what changes in it. */
	async open(client: Client) {
		client.listen(listOf(client.personId));
		const { people, visible } = await this.#acquaintances.list(client.personId);
		this.#watch(client, visible);
		// What changed while the list was read.
		return { people: people.map((one) => this.#now(one, visible)) };
	}

	close(client: Client): void {
		client.ignore(listOf(client.personId));
		this.#watch(client, []);
	}

	#now<T extends { personId: PersonId }>(one: T, visible: readonly PersonId[]): T {
		return visible.includes(one.personId)
			? { ...one, state: this.#presence.stateOf(one.personId) }
			: one;
	}

	#watch(client: Client, people: PersonId[]): void {
		for (const person of this.#watched.get(client) ?? []) client.ignore(watching(person));
		for (const person of people) client.listen(watching(person));
		this.#watched.set(client, people);
	}

	/** To whom somebody is gone who blocked them, as if they had closed their pages, or is back. */
	async #tellOne(person: PersonId, to: PersonId, gone: boolean): Promise<boolean> {
		const state = this.#presence.stateOf(person);
		const knows = await this.#acquaintances.knows(to, person).catch(() => false);
		if (knows && state !== 'offline') {
			const name = this.#presence.nameOf(person);
			this.#broadcast(listOf(to), 'people:state', {
				...{ personId: person, name },
				state: gone ? 'offline' : state,
			});
		}
		return knows;
	}
}
