import type {
	Author,
	ChatAddress,
	ChatBounds,
	ChatMember,
	ChatSummary,
	Message,
} from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import { newMessageId, type MessageId, type PersonId, type RoomId } from '#shared/ids.ts';
import type { FactOf } from '#shared/protocol.ts';
import type { BorderFiles } from '#lib/connection/serverConnection.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { Attention } from '../attention.ts';
import { changed } from './changed.ts';
import { ChatLog } from './chatLog.ts';
import type { SlowMode } from '../composer/slowMode.ts';
import type { ChatMemory, Kept } from '../memory.ts';
import type { ConversationObserver, Draft } from '../model.ts';
import { Outbox } from './outbox.ts';
import { toDraft, toOutgoing, toUnsent } from './outgoing.ts';
import { Paging } from './paging.ts';
import { Reader } from './reader.ts';
import { Revisions } from './revisions.ts';
import { OthersTyping, OwnTyping } from './typing.ts';

/** The data and functions that the conversations of a room share. */
export type ChatContext = {
	roomId: RoomId;
	ask: Ask;
	/** Whether there is a server to take files. */
	served: boolean;
	/** Of an encrypted room: what seals and opens its files. */
	files?: BorderFiles | undefined;
	attention: Attention;
	memory: ChatMemory;
	slowMode: SlowMode;
	/** Whether the chat is open on the connection there is now. */
	ready(): boolean;
	/** The person, once the server said who that is. */
	you(): ChatMember | null;
	members(): readonly ChatMember[];
	/**
	 * Another member sent a message while the person did not look. `mentioned` is also true for a message to the person
	 * alone.
	 */
	arrived(conversation: Conversation, message: Message, mentioned: boolean): void;
};

/** One conversation: its loaded messages, the messages being sent, and how far the person has read. */
export class Conversation {
	readonly with: PersonId | null;
	readonly chat: ChatAddress;
	readonly context: ChatContext;
	readonly revisions: Revisions;
	readonly typing: OwnTyping;
	readonly paging: Paging;
	readonly #observer: ConversationObserver;
	readonly #log = new ChatLog();
	readonly #outbox: Outbox;
	readonly #reader: Reader;
	readonly #others: OthersTyping;
	#wanted = false;
	/** Whether the end of the conversation is shown: as the page reported last, and as it was taken over. */
	#showsEnd = false;
	#atEnd = false;

	constructor(
		withPerson: PersonId | null,
		context: ChatContext,
		observe: (conversation: Conversation) => ConversationObserver,
	) {
		const { roomId, ask, ready, attention } = context;
		const chat = withPerson === null ? { roomId } : { roomId, with: withPerson };
		this.with = withPerson;
		this.chat = chat;
		this.context = context;
		this.#observer = observe(this);
		this.#outbox = new Outbox({
			ready,
			send: async (outgoing) => {
				const { messageId } = outgoing;
				return (await ask('chat:post', { chat, messageId, draft: toDraft(outgoing) })).message;
			},
			sent: (message) => this.learn([message]),
			refused: (error) => {
				if (error.code === 'SLOW_MODE') this.slowMode?.refused(error.retryAfter ?? 0);
				else this.slowMode?.failed();
			},
			changed: () => this.#onOutbox(),
		});
		this.paging = new Paging({
			chat,
			log: this.#log,
			ask,
			ready,
			changed: () => this.#onLoaded(),
			loading: (loading) => this.#observer.loading(loading),
			target: (seq) => this.#observer.target(seq),
		});
		this.#reader = new Reader({
			attention,
			you: () => context.you()?.personId ?? null,
			arrived: (message, mentioned) =>
				context.arrived(this, message, mentioned || withPerson !== null),
			tell: async (seq) => {
				if (!ready()) return false;
				this.onSummary((await ask('chat:read', { chat, seq })).chat);
				return true;
			},
		});
		this.#others = new OthersTyping((authors) => this.#observer.typing(authors));
		this.typing = new OwnTyping((typing) => {
			// A lost fact about typing is of no interest later.
			if (ready()) ask('chat:typing', { chat, typing }).catch(() => undefined);
		});
		this.revisions = new Revisions(chat, ask, (message) => this.learn([message]));
	}

	/** Slow mode, which exists only in the room's own chat. */
	get slowMode(): SlowMode | null {
		return this.with === null ? this.context.slowMode : null;
	}

	/** Loads its end, or where reading stopped. Once: later calls do nothing. */
	want(): void {
		if (this.#wanted) return;
		this.#wanted = true;
		this.#observer.loading({ kind: 'page' });
		if (this.context.ready()) this.#begin();
	}

	/** The chat is open, for the first time or again on a new connection. */
	resume(summary: ChatSummary | null): void {
		if (summary) this.onSummary(summary);
		if (!this.#log.loaded) this.#reader.skip(this.#log.bounds.last);
		if (this.#wanted && !this.#log.loaded) this.#begin();
		this.paging.resume();
		this.#outbox.resume();
		this.#reader.resume();
	}

	/** The connection is lost. */
	suspend(): void {
		this.#others.clear();
		this.typing.sent();
	}

	/** Restores the messages and the text of before a reload. */
	restore({ unsent, draft }: Kept): void {
		const you = this.#you;
		this.#outbox.add(...unsent.map((one) => toOutgoing(one, you)));
		if (draft !== '') this.#observer.draft(draft);
	}

	onSummary(summary: ChatSummary): void {
		this.#log.extent(summary);
		this.#reader.onSummary(summary);
		this.#tell();
		this.paging.check();
	}

	/** Messages as facts or answers tell them. */
	learn(messages: readonly Message[]): void {
		this.#log.learn(messages);
		this.#reader.hear(messages.toSorted((a, b) => a.seq - b.seq));
		for (const { author, content } of messages)
			if (content.kind === 'text') this.#others.tell(author, false);
		const ids = new Set(messages.map(({ messageId }) => messageId));
		if (!this.#log.follows) this.#outbox.settle(({ messageId }) => ids.has(messageId));
		this.#tell();
		this.paging.check();
	}

	/** Takes over a change that came as a fact, without its message. */
	revise({ change, ...of }: FactOf<'chat:revised'>): void {
		this.#log.revise(of, (message) => changed(message, change));
		this.#tell();
		this.paging.check();
	}

	onCleared(bounds: ChatBounds): void {
		this.#log.extent(bounds);
		this.#tell();
		this.paging.check();
	}

	onTyping(author: Author, typing: boolean): void {
		if (author.personId !== this.context.you()?.personId) this.#others.tell(author, typing);
	}

	/** Sends a message. It is shown at once, at the end of the chat. */
	post(draft: Draft): void {
		const own = { ...draft, messageId: newMessageId(), sentAt: Date.now() };
		const outgoing = toOutgoing(own, this.#you);
		this.#reader.spoke();
		this.typing.sent();
		this.#outbox.add(outgoing);
		this.slowMode?.sent();
		if (this.#log.hasAfter) void this.paging.latest();
	}

	retry(messageId: MessageId): void {
		this.#outbox.retry(messageId);
	}

	/** Slow mode changed, so messages that wait for it are tried at once. */
	hurry(): void {
		this.#outbox.hurry();
	}

	discard(messageId: MessageId): void {
		this.#outbox.discard(messageId);
	}

	/**
	 * Whether the end of it is before the person's eyes, if they look at the page. Looking away and back in one
	 * go is no looking away.
	 */
	show(atEnd: boolean): void {
		this.#showsEnd = atEnd;
		if (atEnd) this.#onShown();
		else queueMicrotask(() => this.#onShown());
	}

	/** The person looks at the page again, or has stopped. */
	onAttention(): void {
		if (this.#atEnd) this.#tell();
	}

	close(): void {
		this.typing.stop();
		this.#outbox.close();
		this.paging.close();
		this.#reader.close();
	}

	get #you(): ChatMember {
		const you = this.context.you();
		if (!you) throw new CodedError('NOT_MEMBER');
		return you;
	}

	#onShown(): void {
		if (this.#atEnd === this.#showsEnd) return;
		this.#atEnd = this.#showsEnd;
		// A person who only turns to another window wants to find the end when they come back.
		if (this.#atEnd) this.#log.reader = 'end';
		else if (this.context.attention.here) this.#log.reader = 'above';
		this.#tell();
	}

	#begin(): void {
		const seq = this.#reader.openAt;
		void this.paging.jump(seq === null ? { kind: 'latest' } : { kind: 'around', seq });
	}

	#onLoaded(): void {
		this.#reader.hear(this.#log.messages);
		this.#tell();
	}

	#onOutbox(): void {
		this.context.memory.keepUnsent(this.with, this.#outbox.unsent.map(toUnsent));
		this.#tell();
	}

	#tell(): void {
		const log = this.#log;
		this.#reader.attend(this.#atEnd && log.follows, log.end);
		this.#outbox.settle(
			({ messageId, delivery }) => log.has(messageId) || (delivery.kind === 'sent' && !log.follows),
		);
		const { bounds, messages, prepended, hasBefore, hasAfter } = log;
		const outgoing = hasAfter ? [] : this.#outbox.messages;
		this.#observer.shown({ bounds, messages, outgoing, prepended, hasBefore, hasAfter });
		const { unread, mentioned } = this.#reader;
		this.#observer.unread({ unread, mentioned, newFrom: this.#reader.newFrom(messages) });
	}
}
