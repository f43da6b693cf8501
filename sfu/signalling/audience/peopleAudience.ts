import type { PersonId } from '#shared/ids.ts';
import type { Calls } from '../../calls/calls.ts';
import type { Ring } from '../../calls/ringRegistry.ts';
import type { Acquaintances } from '../../people/social/acquaintances.ts';
import type { Presence } from '../../people/presence/presence.ts';
import type { Channels } from '../client/channels.ts';
import type { Client } from '../client/client.ts';

/** All pages of a person. */
const of = (person: PersonId) => `person ${person}`;
/** The pages of a person that show the list of people. */
const listOf = (person: PersonId) => `people of ${person}`;
/** Pages whose list this person is in and may be seen in. */
const watching = (person: PersonId) => `watching ${person}`;

/** A ring in the form that the callee gets. */
export const toWire = ({ ringId, roomId, caller, shown, video, since, others }: Ring) => ({
	ringId,
	roomId,
	video,
	since,
	others,
	from: { personId: caller.personId, name: shown.name },
	known: shown.known,
});

/** The sockets that get the presence of people, and those on which calls ring. */
export class PeopleAudience {
	readonly #acquaintances: Acquaintances;
	readonly #presence: Presence;
	readonly #channels: Channels;
	/** The people whose channels each client listens to. */
	readonly #watched = new WeakMap<Client, PersonId[]>();

	constructor(acquaintances: Acquaintances, presence: Presence, calls: Calls, channels: Channels) {
		this.#acquaintances = acquaintances;
		this.#presence = presence;
		this.#channels = channels;
		presence.on('changed', (personId, state) => {
			const name = presence.nameOf(personId);
			channels.broadcast(watching(personId), 'people:state', { personId, name, state });
		});
		acquaintances.on('changed', (person) => channels.broadcast(of(person), 'people:changed', {}));
		acquaintances.on('chosen', (person, state) =>
			channels.broadcast(of(person), 'people:chosen', { state }),
		);
		acquaintances.on('blocked', ({ owner, blocked }) => {
			channels.dismiss(listOf(blocked), watching(owner));
			void this.#showState(owner, blocked, true);
		});
		acquaintances.on('unblocked', ({ owner, blocked }) => {
			void this.#showState(owner, blocked, false).then((known) => {
				if (known) channels.enlist(listOf(blocked), watching(owner));
			});
		});
		calls.on('ringing', (ring) =>
			channels.broadcast(of(ring.callee.personId), 'call:ringing', { ring: toWire(ring) }),
		);
		calls.on('over', (ring, { message }) => {
			const { ringId, roomId, caller, callee, silence } = ring;
			const data = { ringId, roomId, outcome: ring.outcome ?? 'no-answer', message };
			channels.broadcast(of(caller.personId), 'call:over', data);
			if (silence === null) channels.broadcast(of(callee.personId), 'call:over', data);
		});
		calls.on('hidden', ({ ringId, roomId, callee }) =>
			channels.broadcast(of(callee.personId), 'call:over', {
				ringId,
				roomId,
				message: null,
				outcome: 'no-answer',
			}),
		);
	}

	/** From now on calls ring on this client. */
	enter(client: Client): void {
		client.listen(of(client.personId));
	}

	/** Gives a client its list of people, and from then on the changes. */
	async open(client: Client) {
		client.listen(listOf(client.personId));
		const { people, visible } = await this.#acquaintances.list(client.personId);
		this.#watch(client, visible);
		// What changed while the list was read.
		return { people: people.map((one) => this.#withState(one, visible)) };
	}

	close(client: Client): void {
		client.ignore(listOf(client.personId));
		this.#watch(client, []);
	}

	#withState<T extends { personId: PersonId }>(one: T, visible: readonly PersonId[]): T {
		return visible.includes(one.personId)
			? { ...one, state: this.#presence.stateOf(one.personId) }
			: one;
	}

	#watch(client: Client, people: PersonId[]): void {
		for (const person of this.#watched.get(client) ?? []) client.ignore(watching(person));
		for (const person of people) client.listen(watching(person));
		this.#watched.set(client, people);
	}

	/** Shows a person offline to a person whom they blocked, or shows them again. @returns whether the other knows them. */
	async #showState(person: PersonId, to: PersonId, isHidden: boolean): Promise<boolean> {
		const state = this.#presence.stateOf(person);
		const knows = await this.#acquaintances.knows(to, person).catch(() => false);
		if (knows && state !== 'offline') {
			const name = this.#presence.nameOf(person);
			this.#channels.broadcast(listOf(to), 'people:state', {
				personId: person,
				name,
				state: isHidden ? 'offline' : state,
			});
		}
		return knows;
	}
}
