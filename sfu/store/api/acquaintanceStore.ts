import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Author } from '#shared/chat.ts';
import type { ContactCode, PersonId, RingId, RoomId } from '#shared/ids.ts';
import type { ChosenState } from '#shared/people.ts';

// The parts of the store about people who know each other; see `Store`.

export type Contact = Author & { addedAt: number };

export interface ContactStore {
	/**
	 * Adds or renames a contact of `owner`.
	 *
	 * @throws {CodedError} LIMIT_REACHED if they have as many contacts as they may.
	 */
	add(owner: PersonId, contact: Author, at: number): Promise<void>;
	/** @returns whether there was one. */
	remove(owner: PersonId, contact: PersonId): Promise<boolean>;
	/** By name, as it was when the contact was added. */
	list(owner: PersonId): Promise<Contact[]>;
	has(owner: PersonId, contact: PersonId): Promise<boolean>;
	/** The secret in this person's "add me" link: `fresh` if there was none, or with `renew`. */
	code(owner: PersonId, fresh: ContactCode, renew: boolean, at: number): Promise<ContactCode>;
	/** The person whose link this is. */
	ownerOf(code: ContactCode): Promise<PersonId | null>;
	/** People who share a room with this person, the latest newcomer first, under the name they had there. */
	peopleMet(person: PersonId, limit: number): Promise<Author[]>;
	/** Whether the two share a room. */
	haveMet(one: PersonId, other: PersonId): Promise<boolean>;
	/** The name that this person stated, or had in the room they entered last; null if there is none. */
	nameOf(person: PersonId): Promise<string | null>;
	/** The state that the person chose; `available` if none. */
	chosen(person: PersonId): Promise<ChosenState>;
	choose(person: PersonId, state: ChosenState, at: number): Promise<void>;
}

export interface BlockStore {
	/** `owner` blocks this person, who is no contact of theirs any more. */
	add(owner: PersonId, blocked: Author, at: number): Promise<void>;
	/** @returns whether they were blocked. */
	remove(owner: PersonId, blocked: PersonId): Promise<boolean>;
	/** The latest block first. */
	list(owner: PersonId): Promise<Author[]>;
	/** The people who blocked this person. */
	of(blocked: PersonId): Promise<PersonId[]>;
	/** Every block between two of these people. */
	between(people: readonly PersonId[]): Promise<{ owner: PersonId; blocked: PersonId }[]>;
}

export type DirectChat = {
	personId: PersonId;
	/** The other person's name there. */
	name: string;
	roomId: RoomId;
	lastAt: number | null;
	unread: number;
};

export interface DirectStore {
	/** The room of these two people. It is made, with both as members, if there is none. */
	open(one: Author, other: Author, fresh: RoomId, at: number): Promise<RoomId>;
	/** Chats with one other person that hold a message, latest first. */
	list(person: PersonId): Promise<DirectChat[]>;
}

export type NewRing = {
	ringId: RingId;
	roomId: RoomId;
	caller: Author;
	callee: Author;
	video: boolean;
	/** The callee must not learn of this call. */
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
	 * Ends the rings and talks that a killed service left open: talks at the moment they were last known to run, rings
	 * at once.
	 *
	 * @returns the talks that it ended.
	 */
	recover(): Promise<RingRecord[]>;
	/** Calls by and to this person that began before this time, latest first. */
	history(
		person: PersonId,
		before: number,
		limit: number,
	): Promise<
		(RingRecord & {
			/** The name of the room, if the person is a member of it. */
			roomName: string | null;
		})[]
	>;
}
