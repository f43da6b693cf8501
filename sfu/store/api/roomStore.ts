import type { RoomPolicy } from '#shared/admission.ts';
import type { Author, ChatMember, Retention } from '#shared/chat.ts';
import type { EncryptionCheck } from '#shared/encryption.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';

/** The room's own chat, or that of two people in it, in the order of their ids. */
export type ChatKey = { roomId: RoomId; pair: readonly [PersonId, PersonId] | null };

/** The part of the store about rooms, their members and the decisions of hosts; see `Store`. */
export interface RoomStore {
	/**
	 * Makes the person a member under this name. The first member of a room is its host, unless a token named the room.
	 * Adds person, room and policy if they are unknown.
	 *
	 * @throws {CodedError} REMOVED if they were removed and not allowed again.
	 */
	enter(
		roomId: RoomId,
		personId: PersonId,
		name: string,
		at: number,
	): Promise<{ member: ChatMember; isNew: boolean }>;
	/**
	 * A token of the operator's own site names this room (ACCOUNT-13). From the first token on, no person becomes host by
	 * coming first.
	 *
	 * @returns the people who were hosts until then, as the members they are now.
	 * @throws {CodedError} BAD_TOKEN for a room of a call and a chat of two.
	 */
	invite(roomId: RoomId): Promise<ChatMember[]>;
	/** Null for a person who is no member or was removed. */
	member(roomId: RoomId, personId: PersonId): Promise<ChatMember | null>;
	/** In the order in which they came. */
	members(roomId: RoomId): Promise<ChatMember[]>;
	/** The room's name; null if no host named it. */
	name(roomId: RoomId): Promise<string | null>;
	/** Null removes the name. */
	setName(roomId: RoomId, name: string | null): Promise<void>;
	/**
	 * What hosts call this member's part in the room; null removes it.
	 *
	 * @returns the member; null for a person who is no member.
	 */
	setLabel(roomId: RoomId, personId: PersonId, label: string | null): Promise<ChatMember | null>;
	/** Whether `roomsOf` names the room to this member. Joining its call lists it again. */
	setListed(roomId: RoomId, personId: PersonId, listed: boolean): Promise<void>;
	/** An unknown room keeps its chat for ever. */
	retention(roomId: RoomId): Promise<Retention>;
	setRetention(roomId: RoomId, retention: Retention): Promise<void>;
	/**
	 * The rooms this person is a member of, the one with the latest message first, without those of calls and chats of
	 * two, and without those that the person removed from their list.
	 */
	roomsOf(personId: PersonId): Promise<RoomSummary[]>;
	/**
	 * Makes a room for a call, locked, with the caller as its host. Repeating it is harmless.
	 *
	 * @returns false if the room exists already and is not such a room of the caller.
	 */
	openCall(roomId: RoomId, caller: Author, at: number): Promise<boolean>;
	/** An unknown room is open. */
	rules(roomId: RoomId): Promise<KeptRules>;
	/** Changes only the given parts. */
	setPolicy(roomId: RoomId, change: Partial<KeptPolicy>): Promise<void>;
	/**
	 * Makes a new room an end-to-end encrypted one, of which this is the first check. Repeating it is harmless.
	 *
	 * @returns the room's encryption; null if there is a room without.
	 */
	encrypt(roomId: RoomId, check: EncryptionCheck): Promise<KeptEncryption | null>;
	/**
	 * An encrypted room has another secret, and one epoch more.
	 *
	 * @returns false if the room has another epoch than the one before this.
	 */
	rekey(roomId: RoomId, next: NextEncryption): Promise<boolean>;
	/** The older secrets of an encrypted room, each sealed by the next one, from the first epoch on. */
	olderSecrets(roomId: RoomId): Promise<string[]>;
	/**
	 * Gives the person this role, whether they were a member before or not.
	 *
	 * @returns the member; null if the person is no member any more.
	 * @throws {CodedError} CONFLICT if the room would have no host.
	 */
	setRole(
		roomId: RoomId,
		person: Author,
		role: Role | 'removed',
		at: number,
	): Promise<ChatMember | null>;
}

/** The stored decisions of hosts about a room. The password is stored as a slow hash. */
export type KeptPolicy = Omit<RoomPolicy, 'maxPeers' | 'password'> & {
	passwordHash: string | null;
};

/** `call`: made for a call, and only the people called may enter; `direct`: the chat of two people, never a call. */
export type RoomKind = 'open' | 'call' | 'direct';

/** What is stored of the encryption of a room. */
export type KeptEncryption = {
	epoch: number;
	check: EncryptionCheck;
	/** Whether somebody was removed since the secret changed. */
	due: boolean;
};

export type NextEncryption = {
	epoch: number;
	check: EncryptionCheck;
	/** The secret until now, sealed by the new one. */
	previous: string;
};

export type KeptRules = {
	kind: RoomKind;
	name: string | null;
	/** Null for a room that is not end-to-end encrypted. */
	encryption: KeptEncryption | null;
	policy: KeptPolicy;
	hosts: PersonId[];
	/** The people who were in a room for a call; empty for other rooms. */
	members: PersonId[];
	/** In the order in which they came to the room. */
	removed: Author[];
	/** What hosts call people's parts in the room. */
	labels: [PersonId, string][];
};

export type RoomSummary = {
	roomId: RoomId;
	/** Null if no host named it. */
	name: string | null;
	/** Whether the person is a host of the room. */
	host: boolean;
	/** The first members besides the person, at most three. */
	people: string[];
	/** How many members there are besides the person. */
	others: number;
	lastAt: number | null;
	unread: number;
};
