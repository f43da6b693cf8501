import { EventEmitter } from 'node:events';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import {
	newContactCode,
	newRoomId,
	type ContactCode,
	type PersonId,
	type RoomId,
} from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { Acquaintance, ChosenState } from '#shared/people.ts';
import type { Store } from '../../store/api/store.ts';
import type { Presence } from '../presence/presence.ts';

export type AcquaintanceEvents = {
	/** This person's list changed. */
	changed: [PersonId];
	blocked: [{ owner: PersonId; blocked: PersonId }];
	unblocked: [{ owner: PersonId; blocked: PersonId }];
	chosen: [PersonId, ChosenState];
};

/** Turns failures of the database into CodedErrors: UNAVAILABLE, NOT_SAVED. */
type Guard = {
	reading<T>(read: () => Promise<T>): Promise<T>;
	saving<T>(save: () => Promise<T>): Promise<T>;
};

const unknown = () =>
	new CodedError(
		'NOT_ALLOWED',
		"You can only reach your contacts and people you've met in a room.",
	);

/**
 * Which people know each other. A blocked person must not notice the block: for them the blocker is offline, and all
 * other answers stay the same.
 */
export class Acquaintances extends EventEmitter<AcquaintanceEvents> {
	readonly #store: Pick<Store, 'contacts' | 'blocks' | 'directs'>;
	readonly #presence: Presence;
	readonly #guard: Guard;

	constructor(
		store: Pick<Store, 'contacts' | 'blocks' | 'directs'>,
		presence: Presence,
		guard: Guard,
	) {
		super();
		this.#store = store;
		this.#presence = presence;
		this.#guard = guard;
	}

	/**
	 * A person's acquaintances: contacts and people they have met, without the people they blocked.
	 *
	 * @returns also the people whose state they may see.
	 */
	async list(person: PersonId): Promise<{ people: Acquaintance[]; visible: PersonId[] }> {
		const { contacts, blocks, directs } = this.#store;
		const [own, peopleMet, chats, blocked, blockers] = await this.#guard.reading(() =>
			Promise.all([
				contacts.list(person),
				contacts.peopleMet(person, limits.peopleMet),
				directs.list(person),
				blocks.list(person),
				blocks.of(person),
			]),
		);
		const ownIds = new Set(own.map(({ personId }) => personId));
		const hidden = new Set(blocked.map(({ personId }) => personId));
		const away = new Set(blockers);
		const named = new Map(peopleMet.map((one) => [one.personId, one.name]));
		const chatOf = new Map(chats.map((chat) => [chat.personId, chat]));
		const others = [...peopleMet, ...chats].filter(({ personId }) => !ownIds.has(personId));
		const known = new Map<PersonId, Author>();
		for (const { personId, name } of [...own, ...others])
			if (!known.has(personId)) known.set(personId, { personId, name });
		// States are read at the end: changes from here on are told as facts.
		const people = [...known.values()]
			.filter(({ personId }) => !hidden.has(personId))
			.map(({ personId, name }): Acquaintance => {
				const isAway = away.has(personId);
				const direct = chatOf.get(personId);
				return {
					personId,
					name: (isAway ? null : this.#presence.nameOf(personId)) ?? named.get(personId) ?? name,
					state: isAway ? 'offline' : this.#presence.stateOf(personId),
					contact: ownIds.has(personId),
					direct: direct
						? { roomId: direct.roomId, lastAt: direct.lastAt, unread: direct.unread }
						: null,
				};
			});
		const visible = people.map(({ personId }) => personId).filter((id) => !away.has(id));
		return { people, visible };
	}

	/** Whether a person may reach the other: a contact of theirs, or a person they have met. */
	async knows(person: PersonId, other: PersonId): Promise<boolean> {
		const { contacts } = this.#store;
		const [has, met] = await this.#guard.reading(() =>
			Promise.all([contacts.has(person, other), contacts.haveMet(person, other)]),
		);
		return person !== other && (has || met);
	}

	/** @throws {CodedError} NOT_ALLOWED, whether the other person exists or not. */
	async check(person: PersonId, other: PersonId): Promise<void> {
		if (!(await this.knows(person, other))) throw unknown();
	}

	/** The relation of the two that matters for a call. */
	async between(caller: PersonId, callee: PersonId) {
		const { contacts, blocks } = this.#store;
		const [knows, between, isContact] = await Promise.all([
			this.knows(caller, callee),
			this.#guard.reading(() => blocks.between([caller, callee])),
			this.#guard.reading(() => contacts.has(callee, caller)),
		]);
		if (!knows) throw unknown();
		if (between.some(({ owner }) => owner === caller))
			throw new CodedError('NOT_ALLOWED', "You've blocked this person.");
		return { isBlocked: between.length > 0, isContact };
	}

	/**
	 * A person under the name that the asker is told: the name that their pages state while they are present, unless
	 * they blocked the asker. The same reads are made for present and absent people.
	 */
	async named(asker: PersonId, personId: PersonId): Promise<Author> {
		const { contacts, blocks } = this.#store;
		const [kept, between] = await this.#guard.reading(() =>
			Promise.all([contacts.nameOf(personId), blocks.between([asker, personId])]),
		);
		const isAway = between.some(({ owner }) => owner === personId);
		return { personId, name: (isAway ? null : this.#presence.nameOf(personId)) ?? kept ?? 'Guest' };
	}

	/** A person's name for another person who has them as a contact or met them; null for all others. */
	async nameFor(somebody: PersonId, personId: PersonId): Promise<string | null> {
		const { contacts } = this.#store;
		const known = await this.#guard.reading(() =>
			Promise.all([contacts.list(somebody), contacts.peopleMet(somebody, limits.peopleMet)]),
		);
		return known.flat().find((one) => one.personId === personId)?.name ?? null;
	}

	async add(person: PersonId, other: PersonId): Promise<void> {
		await this.check(person, other);
		const contact = await this.named(person, other);
		await this.#guard.saving(() => this.#store.contacts.add(person, contact, Date.now()));
		this.emit('changed', person);
	}

	/**
	 * Makes the owner of the link and this person contacts of each other.
	 *
	 * @throws {CodedError} NOT_FOUND if the link is invalid, the person's own, or of a person who blocked them.
	 */
	async addByCode(person: Author, code: ContactCode): Promise<Author> {
		const other = await this.ownerOf(person.personId, code);
		await this.befriend(person, other);
		return other;
	}

	/**
	 * Whose link it is.
	 *
	 * @throws {CodedError} NOT_FOUND if this person can add nobody by it.
	 */
	async ownerOf(personId: PersonId, code: ContactCode): Promise<Author> {
		const { contacts, blocks } = this.#store;
		const owner = await this.#guard.reading(() => contacts.ownerOf(code));
		const between = await this.#guard.reading(() => blocks.between([personId, owner ?? personId]));
		const blocked = between.some((block) => block.owner === owner);
		if (owner === null || owner === personId || blocked)
			throw new CodedError('NOT_FOUND', "This link doesn't belong to anyone you can add.");
		return this.named(personId, owner);
	}

	/** Makes two people who both want it contacts of each other. */
	async befriend(one: Author, other: Author): Promise<void> {
		const { contacts } = this.#store;
		await this.#guard.saving(async () => {
			await contacts.add(one.personId, other, Date.now());
			await contacts.add(other.personId, one, Date.now());
		});
		for (const { personId } of [one, other]) this.emit('changed', personId);
	}

	async remove(person: PersonId, other: PersonId): Promise<void> {
		await this.#guard.saving(() => this.#store.contacts.remove(person, other));
		this.emit('changed', person);
	}

	/** Blocks an acquaintance. */
	async block(person: PersonId, other: PersonId): Promise<void> {
		await this.check(person, other);
		await this.blockMet(person, await this.named(person, other));
	}

	/** Blocks a person whom the blocker met anywhere. */
	async blockMet(person: PersonId, blocked: Author): Promise<void> {
		await this.#guard.saving(() => this.#store.blocks.add(person, blocked, Date.now()));
		this.emit('blocked', { owner: person, blocked: blocked.personId });
		this.emit('changed', person);
	}

	async unblock(person: PersonId, other: PersonId): Promise<void> {
		const was = await this.#guard.saving(() => this.#store.blocks.remove(person, other));
		if (!was) return;
		this.emit('unblocked', { owner: person, blocked: other });
		this.emit('changed', person);
	}

	blocked(person: PersonId): Promise<Author[]> {
		return this.#guard.reading(() => this.#store.blocks.list(person));
	}

	code(person: PersonId, renew: boolean): Promise<ContactCode> {
		return this.#guard.saving(() =>
			this.#store.contacts.code(person, newContactCode(), renew, Date.now()),
		);
	}

	/** The room of the chat of two acquaintances. */
	async direct(person: Author, other: PersonId): Promise<{ roomId: RoomId; person: Author }> {
		await this.check(person.personId, other);
		const author = await this.named(person.personId, other);
		return { roomId: await this.directRoom(person, author), person: author };
	}

	directRoom(one: Author, other: Author): Promise<RoomId> {
		return this.#guard.saving(() => this.#store.directs.open(one, other, newRoomId(), Date.now()));
	}

	/** The stored lists of these people changed. */
	renew(people: readonly PersonId[]): void {
		for (const person of people) this.emit('changed', person);
	}

	chosen(person: PersonId): Promise<ChosenState> {
		return this.#guard.reading(() => this.#store.contacts.chosen(person));
	}

	async choose(person: PersonId, state: ChosenState): Promise<void> {
		await this.#guard.saving(() => this.#store.contacts.choose(person, state, Date.now()));
		this.#presence.choose(person, state);
		this.emit('chosen', person, state);
	}

	close(): void {
		this.removeAllListeners();
	}
}
