import type {
	Author,
	ChatBounds,
	ChatMember,
	Correction,
	FileInfo,
	Message,
	Quote,
	Retention,
	SystemEvent,
} from '#shared/chat.ts';
import type { MessageId, PersonId } from '#shared/ids.ts';

/** One message as the interface shows it. Properties are reactive; the object stays while it is loaded. */
export interface MessageView {
	readonly messageId: MessageId;
	/** The place of the message in its chat; null while it is not stored. */
	readonly seq: number | null;
	readonly author: Author;
	readonly mine: boolean;
	/** In ms since 1970; by the browser's own clock while it is not stored. */
	readonly sentAt: number;
	readonly content: MessageContent;
	readonly replyTo: Quote | null;
	readonly reactions: readonly { emoji: string; people: readonly PersonId[] }[];
	readonly corrections: readonly Correction[];
	/** How far it is on its way: `failed` says why, and offers retry and discard. */
	readonly delivery: { kind: 'pending' } | { kind: 'sent' } | { kind: 'failed'; problem: string };
}

export type MessageContent =
	| {
			kind: 'text';
			body: string;
			mentions: readonly PersonId[];
			files: readonly FileInfo[];
			editedAt: number | null;
	  }
	| { kind: 'deleted'; byHost?: true | undefined }
	| { kind: 'system'; system: SystemEvent };

/** A file on its way to the server, picked for a message that is not sent yet. Properties are reactive. */
export interface UploadView {
	readonly key: string;
	readonly name: string;
	readonly size: number;
	/** For pictures: an address of the file in this browser, to show at once. */
	readonly preview: string | null;
	readonly state:
		| { kind: 'uploading'; sent: number }
		/** The connection is lost. The upload continues where it stopped once it is back. */
		| { kind: 'waiting'; sent: number }
		| { kind: 'done'; file: FileInfo }
		| { kind: 'failed'; problem: string };
	retry(): void;
	/** Stops the upload and removes the file from the draft. */
	cancel(): void;
}

/** The message that the person prepares. It is kept while the panel is closed. Properties are reactive. */
export interface ComposerView {
	text: string;
	replyTo: MessageView | null;
	/** The person's own message that is being edited, or another member's message that is being corrected. */
	readonly revising: { kind: 'edit' | 'correct'; message: MessageView } | null;
	/** Puts the message's text into the box. The text of before comes back afterwards. */
	revise(kind: 'edit' | 'correct', message: MessageView): void;
	stopRevising(): void;
	readonly uploads: readonly UploadView[];
	/** Files that are too large or too many are refused, with a sentence each. */
	attach(files: readonly File[]): string[];
	/** How long the text may be. */
	readonly most: number;
	/**
	 * Slow mode: the least time between two messages in s, and when the next message may be sent, in ms since 1970 by this
	 * browser; 0 for now. Null if the person may send as fast as they like.
	 */
	readonly slowPace: { readonly seconds: number; readonly freeAt: number } | null;
	/** Whether there is something to send, no file is still on its way, and slow mode lets the person send. */
	readonly ready: boolean;
	/** Sends, or saves a revision. Rejects with a CodedError only when a revision is not accepted. */
	submit(): Promise<void>;
}

/** The room's chat, or that with one other person. Properties are reactive. */
export interface ConversationView {
	/** Null: the room's own. */
	readonly with: ChatMember | null;
	/** The extent of the chat on the server. */
	readonly bounds: ChatBounds;
	/**
	 * A part of the chat without gaps, in its order, followed by the messages that are being sent. It grows at both ends
	 * by `loadBefore` and `loadAfter`, and is another part after a jump.
	 */
	readonly messages: readonly MessageView[];
	/**
	 * Grows by as many as `loadBefore` has put in front, and shrinks by as many as were dropped there because
	 * the part grew too long or retention removed them, so that a list can keep its place.
	 */
	readonly prepended: number;
	/** `failed` says why, and `jumpToLatest` tries again. */
	readonly loading:
		{ kind: 'idle' | 'page' | 'before' | 'after' } | { kind: 'failed'; problem: string };
	readonly hasBefore: boolean;
	readonly hasAfter: boolean;
	/** The message that the "new" line stands before; null without one. Stays while the chat is shown. */
	readonly newFrom: number | null;
	readonly unread: number;
	/** Whether an unread message mentions the person. */
	readonly mentioned: boolean;
	/** Other members who type now. */
	readonly typing: readonly Author[];
	/** The message to bring into view and to mark, after a jump; the list sets it to null when it has. */
	target: number | null;
	readonly composer: ComposerView;

	loadBefore(): Promise<void>;
	loadAfter(): Promise<void>;
	jumpTo(seq: number): Promise<void>;
	jumpToDay(day: Date): Promise<void>;
	jumpToLatest(): Promise<void>;
	retry(message: MessageView): void;
	discard(message: MessageView): void;
	/** The changes reject with a CodedError whose message people can read. */
	delete(message: MessageView): Promise<void>;
	react(message: MessageView, emoji: string, on: boolean): Promise<void>;
	/** Takes back the person's proposed correction. */
	withdrawCorrection(message: MessageView): Promise<void>;
	/** Replaces the person's own message by a proposed correction. */
	acceptCorrection(message: MessageView, correction: Correction): Promise<void>;
	/** Newest first; `before` is the seq of the last one found, to go on. */
	search(
		query: string,
		before?: number,
	): Promise<{
		messages: Message[];
		more: boolean;
		/** In an encrypted room: the search did not look at what comes before this. */
		until?: number;
	}>;
	/**
	 * The end of the chat is in view, and stays so until `unseen`: new messages count as read while the person looks at
	 * the page. Cheap to call often.
	 */
	seen(): void;
	/** The person looks elsewhere: the line "new" will stand below the messages they have seen. */
	unseen(): void;
}

/** All chats that a person has in one room. Properties are reactive. */
export interface ChatView {
	readonly phase:
		| { kind: 'opening' }
		| { kind: 'open' }
		/** Not a member yet: `enter` makes one. */
		| { kind: 'outside' }
		| { kind: 'failed'; problem: string };
	/** Whether the server can be asked now. Messages sent meanwhile wait. */
	readonly connected: boolean;
	/** Whether a connection was tried and the server did not answer. */
	readonly unreachable: boolean;
	/** Whether there is a server that gives out files, exports and the chat's own page. */
	readonly served: boolean;
	readonly you: ChatMember | null;
	readonly members: readonly ChatMember[];
	readonly retention: Retention;
	/** Null until a host names the room, and while the chat is not open. */
	readonly roomName: string | null;
	/** The room's own chat first, then those with other people, latest message first. */
	readonly conversations: readonly ConversationView[];
	/** The unread messages of all conversations. */
	readonly unread: number;
	readonly mentioned: boolean;
	/**
	 * The latest message of another member that arrived unseen, for a notice. `mentioned` is also true for a message to
	 * the person alone.
	 */
	readonly arrived: {
		conversation: ConversationView;
		message: MessageView;
		mentioned: boolean;
	} | null;

	/** The room's own for null; one with another person is made when it is first asked for. */
	conversation(person: PersonId | null): ConversationView;
	/** Becomes a member without the call. Rejects with a CodedError. */
	enter(name: string): Promise<void>;
	/** For hosts. Rejects with a CodedError. */
	setRetention(retention: Retention): Promise<void>;
	/** Where a host downloads the chat. */
	exportAddress(format: 'json' | 'text'): string;
	/** Whether the room is encrypted: the server gives out nothing that it would have to read. */
	readonly encrypted: boolean;
	/** Where a file is downloaded, and a picture shown from; undefined until a picture of an encrypted room is opened. */
	fileAddress(file: FileInfo): string | undefined;
	/** Opens a file of an encrypted room and lets the browser save it. Rejects with a CodedError. */
	saveFile(file: FileInfo): Promise<void>;
	/** Opens again after `failed`. */
	reopen(): void;
	close(): void;
}
