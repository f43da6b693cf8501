import type {
	Author,
	ChatBounds,
	ChatMember,
	Correction,
	FileInfo,
	Message,
	Quote,
	Retention,
} from '#shared/chat.ts';
import type { MessageId, PersonId } from '#shared/ids.ts';

/** Where a chat is on its way to the server. */
export type ChatPhase =
	| { kind: 'opening' }
	| { kind: 'open' }
	/** Not a member yet. */
	| { kind: 'outside' }
	| { kind: 'failed'; problem: string };

export type Delivery = { kind: 'pending' } | { kind: 'sent' } | { kind: 'failed'; problem: string };

/**
 * A message of the person that is not stored yet, in the shape of stored ones. The object never changes: another takes
 * its place.
 */
export type Outgoing = {
	messageId: MessageId;
	seq: null;
	sentAt: number;
	author: Author;
	content: {
		kind: 'text';
		body: string;
		mentions: readonly PersonId[];
		files: readonly FileInfo[];
		editedAt: null;
	};
	replyTo: Quote | null;
	reactions: readonly [];
	corrections: readonly Correction[];
	delivery: Delivery;
};

/** The message that the composer sends. */
export type Draft = {
	body: string;
	mentions: PersonId[];
	files: FileInfo[];
	replyTo: Quote | null;
};

/** The loaded part of a conversation at one moment. */
export type Shown = {
	bounds: ChatBounds;
	/** Without gaps, in the order of the chat. */
	messages: readonly Message[];
	/** After the end of the chat, if that is loaded. */
	outgoing: readonly Outgoing[];
	prepended: number;
	hasBefore: boolean;
	hasAfter: boolean;
};

export type Loading =
	{ kind: 'idle' | 'page' | 'before' | 'after' } | { kind: 'failed'; problem: string };

/** The observer of one conversation. */
export interface ConversationObserver {
	shown(shown: Shown): void;
	loading(loading: Loading): void;
	/** The unread messages, and where the line "new" stands. */
	unread(unread: { unread: number; mentioned: boolean; newFrom: number | null }): void;
	typing(authors: readonly Author[]): void;
	target(seq: number): void;
	/** The text that was not sent before a reload. */
	draft(draft: string): void;
}

/**
 * A message of another member that arrived while the person did not look. `mentioned` is also true for a message to
 * the person alone.
 */
export type Arrival<C> = { conversation: C; message: Message; mentioned: boolean };

/** The observer of the chats of a room. `C` is the conversation of the observer. */
export interface ChatObserver<C> {
	phase(phase: ChatPhase): void;
	connected(connected: boolean): void;
	you(you: ChatMember): void;
	members(members: readonly ChatMember[]): void;
	retention(retention: Retention): void;
	/** The name of the room; null if it has none. */
	roomName(name: string | null): void;
	conversations(conversations: readonly C[]): void;
	arrived(arrival: Arrival<C>): void;
}
