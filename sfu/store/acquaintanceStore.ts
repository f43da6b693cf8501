import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Author } from '#shared/chat.ts';
import type { ContactCode, PersonId, RingId, RoomId } from '#shared/ids.ts';
import type { ChosenState } from '#shared/people.ts';

// The parts of the store about people who know each other; see `Store`.

export type Contact = Author & { addedAt: number };

export interface ContactStore {
	/**
	 * From now on `owner` has this contact, under this name.
	 *
	 * @throws {CodedError} LIMIT_REACHED when they have as many as they may.
	 */
	add(owner: PersonId, contact: Author, at: number): Promise<void>;
	/** @returns whether there was one. */
	remove(owner: PersonId, contact: PersonId): Promise<boolean>;
	/** By name, as it was when they were added. */
	list(owner: PersonId): Promise<Contact[]>;
	has(owner: PersonId, contact: PersonId): Promise<boolean>;
	/** The secret in this person's "add me" link: `fresh` where there was none, or with `renew`. */
	code(owner: PersonId, fresh: ContactCode, renew: boolean, at: number): Promise<ContactCode>;
	/** Whose link this is. */
	ownerOf(code: ContactCode): Promise<PersonId | null>;
	/** People who share a room with this one, whoever came last first, under the name they had there. */
	met(person: PersonId, limit: number): Promise<Author[]>;
	/** Whether the two share a room. */
	haveMet(one: PersonId, other: PersonId): Promise<boolean>;
	/** What this person calls themselves, or was called in the room they came to last; null when never said. */
	nameOf(person: PersonId): Promise<string | null>;
	/** What the person chose to be seen as; `available` if nothing. */
	chosen(person: PersonId): Promise<ChosenState>;
	choose(person: PersonId, state: ChosenState, at: number): Promise<void>;
}

export interface BlockStore {
	/** From now on `owner` wants nothing of this person, who is no contact of theirs any more. */
	add(owner: PersonId, blocked: Author, at: number): Promise<void>;
	/** @returns whether they were blocked. */
	remove(owner: PersonId, blocked: PersonId): Promise<boolean>;
	/** The last one first. */
	list(owner: PersonId): Promise<Author[]>;
	/** Those who blocked this person. */
	of(blocked: PersonId): Promise<PersonId[]>;
	/** Every block of one of these people by another of them. */
	between(people: readonly PersonId[]): Promise<{ owner: PersonId; blocked: PersonId }[]>;
}

export type DirectChat = {
	personId: PersonId;
	/** What the other one is called there. */
	name: string;
	roomId: RoomId;
	lastAt: number | null;
	unread: number;
};

export interface DirectStore {
	/** The room of these two alone, made where there is none, with both as members. */
	open(one: Author, other: Author, fresh: RoomId, at: number): Promise<RoomId>;
	/** Chats with one other person in which something was written, latest first. */
	list(person: PersonId): Promise<DirectChat[]>;
}

export type NewRing = {
	ringId: RingId;
	roomId: RoomId;
	caller: Author;
	callee: Author;
	video: boolean;
	/** The callee is not to know of it. */
	hidden: boolean;
	at: number;
};

export type RingRecord = {
	ringId: RingId;
	roomId: RoomId;
	caller: Author;
	callee: Author;
	video: boolean;
	beganAt: number;
	answeredAt: number | null;
	/** Null while it rings or the two talk. */
	endedAt: number | null;
	outcome: RingOutcome | null;
};

export interface RingStore {
	begin(ring: NewRing): Promise<void>;
	answered(ringId: RingId, at: number): Promise<void>;
	end(ringId: RingId, outcome: RingOutcome, at: number): Promise<void>;
	/**
	 * Ends what a service that died left open: talks when they were last known to go on, rings at once.
	 *
	 * @returns the talks that it ended.
	 */
	recover(): Promise<RingRecord[]>;
	/** Calls by and to this person that began before this time, latest first. */
	history(person: PersonId, before: number, limit: number): Promise<RingRecord[]>;
}
