import type { RoomPolicy } from '#shared/admission.ts';
import type { Author, ChatMember, Retention } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';

/** The part of the store about rooms, their members and what hosts decided; see `Store`. */
export interface RoomStore {
	/**
	 * Makes the person a member, under this name from now on; the first one of a room is its host, unless a token named
	 * the room. Person, room and policy are made known where they are not yet.
	 *
	 * @throws {CodedError} REMOVED when they were removed and not allowed again.
	 */
	enter(
		roomId: RoomId,
		personId: PersonId,
		name: string,
		at: number,
	): Promise<{ member: ChatMember; isNew: boolean }>;
	/**
	 * A token of the operator's own site names this room (R222): from the first one on nobody is host by coming first.
	 *
	 * @returns those who were hosts until then, as the members they are now.
	 * @throws {CodedError} BAD_TOKEN for a room of a call and a chat of two.
	 */
	invite(roomId: RoomId): Promise<ChatMember[]>;
	/** Null also for who was removed. */
	member(roomId: RoomId, personId: PersonId): Promise<ChatMember | null>;
	/** In the order in which they came. */
	members(roomId: RoomId): Promise<ChatMember[]>;
	/** A room that is not known keeps its chat for ever. */
	retention(roomId: RoomId): Promise<Retention>;
	setRetention(roomId: RoomId, retention: Retention): Promise<void>;
	/**
	 * The rooms this person is a member of, the one with the latest message first, without those of calls and
	 * chats of two.
	 */
	roomsOf(personId: PersonId): Promise<RoomSummary[]>;
	/**
	 * Makes a room for a call, locked, with the caller as its host. Repeating it is harmless.
	 *
	 * @returns false when the room is there already and is not such a room of theirs.
	 */
	openCall(roomId: RoomId, caller: Author, at: number): Promise<boolean>;
	/** A room that is not known is open to everybody. */
	rules(roomId: RoomId): Promise<RoomRules>;
	/** Changes the parts that are named. */
	setPolicy(roomId: RoomId, change: Partial<KeptPolicy>): Promise<void>;
	/**
	 * Makes the person known as this, member or not before.
	 *
	 * @returns them as a member; null when they are none any more.
	 * @throws {CodedError} CONFLICT when the room would be without a host.
	 */
	setRole(
		roomId: RoomId,
		person: Author,
		role: Role | 'removed',
		at: number,
	): Promise<ChatMember | null>;
}

/** What hosts decided about a room. The password is kept as a hash that is slow to make. */
export type KeptPolicy = Omit<RoomPolicy, 'maxPeers' | 'password'> & {
	passwordHash: string | null;
};

/**
 * `call`: made for a call, and those who are called come in; `direct`: the chat of two people, never a call.
 */
export type RoomKind = 'open' | 'call' | 'direct';

export type RoomRules = {
	kind: RoomKind;
	policy: KeptPolicy;
	hosts: PersonId[];
	/** Of a room for a call, who has been in it; empty for others. */
	members: PersonId[];
	/** In the order in which they came to the room. */
	removed: Author[];
};

export type RoomSummary = { roomId: RoomId; lastAt: number | null; unread: number };
