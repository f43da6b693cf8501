import type {
	Author,
	ChatBounds,
	ChatSummary,
	FileInfo,
	Message,
	PageFrom,
	SystemEvent,
} from '#shared/chat.ts';
import type { CodedError } from '#shared/errors.ts';
import type {
	CallId,
	FileId,
	MessageId,
	PeerId,
	PersonId,
	RoomId,
	SessionId,
	TokenId,
} from '#shared/ids.ts';
import type { AccountStore, SessionStore } from './accountStore.ts';
import type { BlockStore, ContactStore, DirectStore, RingStore } from './acquaintanceStore.ts';
import type { ModerationStore } from './moderationStore.ts';
import type { RoomStore } from './roomStore.ts';

export type { KeptPolicy, RoomKind, RoomRules, RoomStore, RoomSummary } from './roomStore.ts';

/**
 * What is kept, whatever database keeps it. Every promise of a write is fulfilled only when the write is
 * durable, and nothing of it is stored when the promise is rejected. Rejections are CodedErrors
 * where a method says so; else they are the database's own and mean that nothing could be saved or read.
 * Times are in ms since 1970.
 */
export interface Store {
	readonly people: PeopleStore;
	readonly accounts: AccountStore;
	readonly sessions: SessionStore;
	readonly rooms: RoomStore;
	readonly chats: ChatStore;
	readonly files: FileStore;
	readonly calls: CallStore;
	readonly tokens: TokenStore;
	readonly contacts: ContactStore;
	readonly blocks: BlockStore;
	readonly directs: DirectStore;
	readonly rings: RingStore;
	readonly moderation: ModerationStore;
	/** Rejects when the database does not answer. */
	ping(): Promise<void>;
	/** Waits for what is under way. */
	close(): Promise<void>;
}

export interface PeopleStore {
	/** This person was here, in this session, with this browser: makes both known, or notes the time. */
	seen(personId: PersonId, sessionId: SessionId, at: number, device?: string): Promise<void>;
	/**
	 * Forgets guests who were not here since `before` and left nothing that others could miss, with their sessions, the rooms
	 * that they alone know, and the calls there. Looks at `limit` people at most.
	 *
	 * @param after goes on behind this one; null begins with those who are away the longest.
	 * @returns where to go on; null at the end.
	 */
	forget(
		before: number,
		after: Seen | null,
		limit: number,
	): Promise<{ forgotten: PersonId[]; next: Seen | null }>;
	/** Sessions that are over by now lose what their browsers said they are. @returns of how many. */
	forgetDevices(now: number): Promise<number>;
}

/** A person, and when they were last here. */
export type Seen = { at: number; personId: PersonId };

/** The room's own chat, or that of two people in it, in the order of their ids. */
export type ChatKey = { roomId: RoomId; pair: readonly [PersonId, PersonId] | null };

export type Post = {
	key: ChatKey;
	messageId: MessageId;
	author: Author;
	at: number;
	content:
		| {
				kind: 'text';
				body: string;
				replyTo: MessageId | null;
				mentions: readonly PersonId[];
				files: readonly FileId[];
		  }
		| { kind: 'system'; system: SystemEvent };
};

/** `known`: this author had posted this id in this chat before; what was stored then stands. */
export type Posted =
	{ kind: 'stored' | 'known'; message: Message } | { kind: 'refused'; error: CodedError };

export type Page = ChatBounds & { messages: Message[] };

export interface ChatStore {
	/**
	 * Stores all of them in one transaction, in this order, whatever chats they are for; seq and revision of
	 * a chat go on without gaps. One that is refused does not hold up the others: CONFLICT when the id is taken
	 * by another author in this chat, NOT_FOUND when the message it answers is not in this chat or was
	 * deleted, or a file is not the author's, not for this chat, or goes with another message already.
	 */
	post(posts: readonly Post[]): Promise<Posted[]>;
	/**
	 * Keeps what was there before in the history of edits. The search finds the new text only.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this author in this chat; LIMIT_REACHED when it was
	 *   edited that often already.
	 */
	edit(
		key: ChatKey,
		messageId: MessageId,
		author: PersonId,
		to: { body: string; mentions: readonly PersonId[] },
		at: number,
	): Promise<Message>;
	/**
	 * Leaves a tombstone: text, its edits, mentions, reactions, corrections and files are gone, files by way of
	 * `FileStore.doomed`. Deleting again is harmless.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a message of this author in this chat, and no system line.
	 */
	delete(key: ChatKey, messageId: MessageId, author: PersonId, at: number): Promise<Message>;
	/**
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this chat; LIMIT_REACHED when that many
	 *   different emoji are there already. What changes nothing gives the message as it is.
	 */
	react(
		key: ChatKey,
		messageId: MessageId,
		person: PersonId,
		emoji: string,
		on: boolean,
		at: number,
	): Promise<Message>;
	/**
	 * Takes the place of this person's earlier proposal; null takes it back.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this chat; NOT_ALLOWED for one's own;
	 *   LIMIT_REACHED when that many others proposed one.
	 */
	correct(
		key: ChatKey,
		messageId: MessageId,
		by: Author,
		body: string | null,
		at: number,
	): Promise<Message>;
	/** At most `limit` messages in the order of the chat; `around` has the message in its middle. */
	page(key: ChatKey, from: PageFrom, limit: number): Promise<Page>;
	/** At most `limit` messages with a later revision, the earliest change first. */
	changes(key: ChatKey, revision: number, limit: number): Promise<Page & { more: boolean }>;
	/**
	 * Text messages in which every word of the query begins a word, whatever their case and accents, newest
	 * first, below `before` if given. Words are found in languages without spaces too.
	 */
	search(
		key: ChatKey,
		query: string,
		before: number | undefined,
		limit: number,
	): Promise<{ messages: Message[]; more: boolean }>;
	/** The room's own chat, then those of pairs this person is in that hold a message. */
	summaries(roomId: RoomId, personId: PersonId): Promise<ChatSummary[]>;
	summary(key: ChatKey, personId: PersonId): Promise<ChatSummary>;
	/** Read up to `seq`, at most up to the last; never back. */
	read(key: ChatKey, personId: PersonId, seq: number): Promise<ChatSummary>;
	/**
	 * Removes for good what is older than the rooms' retention allows from their own chats, at most about 1000 messages a call.
	 *
	 * @returns the new bounds of the chats that lost something; empty when nothing is left to do.
	 */
	sweep(now: number): Promise<(ChatBounds & { key: ChatKey })[]>;
	/** Removes everything from the own chat of a room that keeps it until it is empty; all else stays as it is. */
	sweepEmpty(roomId: RoomId): Promise<(ChatBounds & { key: ChatKey })[]>;
	/** Rooms that keep their chat until they are empty and still hold a message. */
	sweepable(): Promise<RoomId[]>;
	/** The whole chat in its order, with what messages said before they were edited. */
	export(key: ChatKey): AsyncIterable<Message & { edits: { body: string; at: number }[] }>;
}

export type NewFile = {
	info: FileInfo;
	key: ChatKey;
	owner: PersonId;
	at: number;
};

export interface FileStore {
	/** Keeps the file for its owner to send; without a message it is for nobody else. */
	add(file: NewFile): Promise<void>;
	/**
	 * The file, if this person may read it: a member of its room and, between two, one of them; until it goes
	 * with a message, its owner alone. Null otherwise, and when there is none.
	 *
	 * @param within the only room whose files are looked at.
	 */
	readable(fileId: FileId, personId: PersonId, within?: RoomId | null): Promise<FileInfo | null>;
	/** Bytes of the files of a room, or of those that one person uploaded into it. */
	sizeOf(roomId: RoomId, owner?: PersonId): Promise<number>;
	/** Bytes of all files. It looks at each of them. */
	sizeOfAll(): Promise<number>;
	/** Files that were never sent with a message become doomed. */
	abandon(before: number): Promise<void>;
	/** Files whose message is gone: they are readable for nobody, and to be removed from the disk. */
	doomed(limit: number): Promise<FileId[]>;
	/** They are removed from the disk. */
	forget(fileIds: readonly FileId[]): Promise<void>;
}

export interface CallStore {
	/** The room's call, begun at this moment. */
	begin(callId: CallId, roomId: RoomId, at: number): Promise<void>;
	joined(callId: CallId, peerId: PeerId, by: Author, at: number): Promise<void>;
	left(callId: CallId, peerId: PeerId, at: number): Promise<void>;
	end(callId: CallId, at: number): Promise<void>;
	/** These calls are alive: if the service dies without a word, they ended now. */
	alive(callIds: readonly CallId[], at: number): Promise<void>;
	/** Ends calls and stays that a service that died left open, at the last time they were alive. */
	recover(): Promise<void>;
	/**
	 * Forgets who was in calls that are over: after so many days, or sooner where the room keeps its chat for a shorter time.
	 * At most about 1000 calls at once.
	 *
	 * @returns how many.
	 */
	forget(now: number, days: number): Promise<number>;
	/** The calls of a room, latest first. */
	history(roomId: RoomId, limit: number): Promise<CallRecord[]>;
}

export type CallRecord = {
	callId: CallId;
	beganAt: number;
	/** Null while it goes on. */
	endedAt: number | null;
	participants: (Author & { joinedAt: number; leftAt: number | null })[];
};

export type TokenInfo = {
	tokenId: TokenId;
	name: string;
	madeAt: number;
	/** The day it was last used, to the hour; null if it never was. */
	usedAt: number | null;
	expiresAt: number;
	/** `read`: it changes nothing. */
	scope: TokenScope;
};

export type TokenScope = 'read' | 'write';

export interface TokenStore {
	/**
	 * @param hash SHA-256 of the secret: who reads the database cannot use it.
	 * @param by the session that asks for it.
	 * @throws {CodedError} LIMIT_REACHED when the person has as many as they may; UNAUTHENTICATED when the session is
	 *   over by now.
	 */
	add(personId: PersonId, token: TokenInfo, hash: string, by: SessionId): Promise<void>;
	list(personId: PersonId): Promise<TokenInfo[]>;
	/** Whose token this is, if it is valid at this time; notes that it was used. */
	use(hash: string, at: number): Promise<{ personId: PersonId; scope: TokenScope } | null>;
	/** @returns whether there was one. */
	revoke(personId: PersonId, tokenId: TokenId): Promise<boolean>;
}
