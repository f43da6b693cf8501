import type {
	Author,
	ChatBounds,
	ChatSummary,
	FileInfo,
	Message,
	Pace,
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
import type { PushStore } from './pushStore.ts';
import type { ChatKey, RoomStore } from './roomStore.ts';

export type { ChatKey } from './roomStore.ts';

export type {
	KeptEncryption,
	KeptPolicy,
	RoomKind,
	KeptRules,
	NextEncryption,
	RoomStore,
	RoomSummary,
} from './roomStore.ts';

/**
 * The stored data, independent of the database. The promise of a write resolves only when the write is durable. If the
 * promise rejects, nothing was stored. Rejections are CodedErrors where a method says so; otherwise they are the
 * database's own errors and mean that nothing could be written or read. Times are in ms since 1970.
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
	readonly secrets: SecretStore;
	readonly pushes: PushStore;
	/** Rejects if the database does not answer. */
	ping(): Promise<void>;
	/** Waits for running requests. */
	close(): Promise<void>;
}

export interface PeopleStore {
	/** Stores that this person visited in this session with this browser. Adds both if they are unknown. */
	seen(personId: PersonId, sessionId: SessionId, at: number, device?: string): Promise<void>;
	/**
	 * Forgets guests who have not visited since `before` and left nothing that other people would miss, with their
	 * sessions, the rooms that they alone know, and the calls there. Checks at most `limit` people.
	 *
	 * @param after continues after this person; null begins with the longest absent.
	 * @returns where to continue; null at the end.
	 */
	forget(
		before: number,
		after: Seen | null,
		limit: number,
	): Promise<{ forgotten: PersonId[]; next: Seen | null }>;
	/** Removes the browser's description from sessions that are over. @returns how many. */
	forgetDevices(now: number): Promise<number>;
}

/** A person, and the time of their last visit. */
export type Seen = { at: number; personId: PersonId };

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

/** `known`: this author has posted this id in this chat before; the stored message stands. */
export type Posted =
	{ kind: 'stored' | 'known'; message: Message } | { kind: 'refused'; error: CodedError };

export type Page = ChatBounds & { messages: Message[] };

export interface ChatStore {
	/**
	 * Stores all of them in one transaction, in this order, for any chats; seq and revision of a chat go on without
	 * gaps. A refused post does not hold up the others: CONFLICT if another author has used the id in this chat,
	 * NOT_FOUND if the message it replies to is not in this chat or was deleted, or if a file is not the author's, not
	 * for this chat, or was sent with another message; SLOW_MODE if a person who is no host posts too early.
	 */
	post(posts: readonly Post[]): Promise<Posted[]>;
	/**
	 * Keeps the earlier text in the history of edits. The search finds the new text only.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this author in this chat; LIMIT_REACHED if it has
	 * the
	 * greatest number of edits.
	 */
	edit(
		key: ChatKey,
		messageId: MessageId,
		author: PersonId,
		to: { body: string; mentions: readonly PersonId[] },
		at: number,
	): Promise<Message>;
	/**
	 * Leaves a tombstone: text, edits, mentions, reactions, corrections and files are removed, files by way of
	 * `FileStore.pendingDeletion`. Deleting again is harmless.
	 *
	 * @param asHost whether it may be another person's.
	 * @throws {CodedError} NOT_FOUND unless it is a message in this chat that this person may delete, and no system line.
	 */
	delete(
		key: ChatKey,
		messageId: MessageId,
		person: PersonId,
		at: number,
		asHost?: boolean,
	): Promise<Message>;
	/** How fast this person may post in the room's own chat. */
	pace(roomId: RoomId, personId: PersonId, now: number): Promise<Pace>;
	/**
	 * Returns the message unchanged if the reaction changes nothing.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this chat; LIMIT_REACHED if it has the greatest
	 * number
	 * of different emoji.
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
	 * Replaces this person's earlier proposal; null removes it.
	 *
	 * @throws {CodedError} NOT_FOUND unless it is a text message of this chat; NOT_ALLOWED for the person's own
	 * message;
	 * LIMIT_REACHED if it has the greatest number of corrections.
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
	 * Text messages in which every word of the query begins a word, regardless of case and accents, newest first, below
	 * `before` if given. Words are found in languages without spaces too.
	 */
	search(
		key: ChatKey,
		query: string,
		before: number | undefined,
		limit: number,
	): Promise<{ messages: Message[]; more: boolean }>;
	/** The room's own chat, then the chats of two with this person that hold a message. */
	summaries(roomId: RoomId, personId: PersonId): Promise<ChatSummary[]>;
	summary(key: ChatKey, personId: PersonId): Promise<ChatSummary>;
	/** Moves the read position to `seq`, at most to the last message; never back. */
	read(key: ChatKey, personId: PersonId, seq: number): Promise<ChatSummary>;
	/**
	 * Removes from the rooms' own chats, for good, messages older than the rooms' retention; at most about 1000
	 * messages a call.
	 *
	 * @returns the new bounds of the chats that lost messages; empty when nothing is left to remove.
	 */
	sweep(now: number): Promise<(ChatBounds & { key: ChatKey })[]>;
	/** Removes everything from the own chat of a room that keeps it until the room is empty; other chats stay. */
	sweepEmpty(roomId: RoomId): Promise<(ChatBounds & { key: ChatKey })[]>;
	/** Rooms that keep their chat until they are empty and that still hold a message. */
	sweepable(): Promise<RoomId[]>;
	/** The whole chat in its order, with the earlier texts of edited messages. */
	export(key: ChatKey): AsyncIterable<Message & { edits: { body: string; at: number }[] }>;
}

export type NewFile = {
	info: FileInfo;
	key: ChatKey;
	owner: PersonId;
	at: number;
};

export interface FileStore {
	/** Stores the file for its owner to send; until it is sent, only the owner can read it. */
	add(file: NewFile): Promise<void>;
	/**
	 * The file, if this person may read it: a member of its room and, in a chat of two, one of the two; before it is
	 * sent, only its owner. Otherwise null, also if there is no such file.
	 *
	 * @param within the only room whose files are considered.
	 */
	readable(fileId: FileId, personId: PersonId, within?: RoomId | null): Promise<FileInfo | null>;
	/** Bytes of the files of a room, or of the files that one person uploaded into it. */
	sizeOf(roomId: RoomId, owner?: PersonId): Promise<number>;
	/** Bytes of all files. Reads each row. */
	sizeOfAll(): Promise<number>;
	/** Files that were never sent become pending for deletion. */
	abandon(before: number): Promise<void>;
	/** Files without a message: no person can read them, and they are to be removed from the disk. */
	pendingDeletion(limit: number): Promise<FileId[]>;
	/** Forgets files that were removed from the disk. */
	forget(fileIds: readonly FileId[]): Promise<void>;
}

export interface CallStore {
	/**
	 * Begins the room's call at this moment. A room has one call at a time: one that a killed service left open ended when it was
	 * last known to run.
	 */
	begin(callId: CallId, roomId: RoomId, at: number): Promise<void>;
	/** The room is in the person's list again. */
	joined(callId: CallId, peerId: PeerId, by: Author, at: number): Promise<void>;
	left(callId: CallId, peerId: PeerId, at: number): Promise<void>;
	end(callId: CallId, at: number): Promise<void>;
	/** These calls run at this moment: if the service is killed, they ended then. */
	alive(callIds: readonly CallId[], at: number): Promise<void>;
	/**
	 * Ends calls and stays that a killed service left open, at the time they were last known to run.
	 *
	 * @param before calls that were known to run after this time go on.
	 */
	recover(before: number): Promise<void>;
	/**
	 * Forgets who was in calls that are over: after this number of days, or sooner if the room keeps its chat for a
	 * shorter time. At most about 1000 calls at once.
	 *
	 * @returns how many.
	 */
	forget(now: number, days: number): Promise<number>;
	/** The people in a room's calls that have not ended, and were known to run after this time. */
	present(roomId: RoomId, after: number): Promise<PersonId[]>;
	/** The calls of a room, latest first. */
	history(roomId: RoomId, limit: number): Promise<CallRecord[]>;
	/** The calls of a room that are over and began before this time, latest first. */
	past(roomId: RoomId, before: number, limit: number): Promise<CallRecord[]>;
}

export type CallRecord = {
	callId: CallId;
	beganAt: number;
	/** Null while it runs. */
	endedAt: number | null;
	participants: (Author & { joinedAt: number; leftAt: number | null })[];
};

export interface SecretStore {
	/** The secret of this name. The first one who asks gives it its value. */
	take(name: string, value: string): Promise<string>;
}

export type TokenInfo = {
	tokenId: TokenId;
	name: string;
	madeAt: number;
	/** When it was last used, to the hour; null if never. */
	usedAt: number | null;
	expiresAt: number;
	/** `read`: it changes nothing. */
	scope: TokenScope;
};

export type TokenScope = 'read' | 'write';

export interface TokenStore {
	/**
	 * @param hash SHA-256 of the secret: a reader of the database cannot use it.
	 * @param by the session that asks for it.
	 * @throws {CodedError} LIMIT_REACHED if the person has as many tokens as they may; UNAUTHENTICATED if the session
	 * is
	 * over.
	 */
	add(personId: PersonId, token: TokenInfo, hash: string, by: SessionId): Promise<void>;
	list(personId: PersonId): Promise<TokenInfo[]>;
	/** The person whose token this is, if it is valid at this time; stores that it was used. */
	use(hash: string, at: number): Promise<{ personId: PersonId; scope: TokenScope } | null>;
	/** @returns whether the token existed. */
	revoke(personId: PersonId, tokenId: TokenId): Promise<boolean>;
}
