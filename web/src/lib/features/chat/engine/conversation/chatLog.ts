import type { ChatBounds, Message } from '#shared/chat.ts';
import type { MessageId } from '#shared/ids.ts';
import { excerptOf } from '../excerpt.ts';

/** How much of a long conversation is kept. */
export type LogSize = {
	/** Messages at most, and how many remain of a part that outgrew that at its end. */
	most: number;
	rest: number;
	/** How many of the latest facts are kept, for pages that were read before them. */
	facts: number;
};

type Page = ChatBounds & { messages: readonly Message[] };

/**
 * The loaded part of one conversation, which has no gaps. Answers and facts may come in any order and more than once:
 * of each message the latest revision counts, and the part grows only by messages that adjoin it.
 *
 * `synced` is the revision up to which every change to the part is known. If it stays behind the revision of the chat,
 * a change was missed, and `changes` brings it.
 */
export class ChatLog {
	readonly #size: LogSize;
	#bounds: ChatBounds = { first: 1, last: 0, revision: 0 };
	/** Replaced by a copy before it is changed, once it was given out. */
	#messages: Message[] = [];
	#given = false;
	/** The place of the last message of the part, or where the first one will come after. */
	#end = 0;
	#loaded = false;
	/** Whether the part reaches the end of the chat, or lacks only what was missed before the end. */
	#follows = false;
	#synced = 0;
	#prepended = 0;
	/** The latest facts, by revision. */
	readonly #recent = new Map<number, Message>();
	/** Messages after the end of the part, by place, which wait for the messages before them. */
	readonly #ahead = new Map<number, Message>();
	/** Where the person reads. A part that grew too long is shortened at the other end. */
	reader: 'end' | 'above' = 'end';

	constructor(size: LogSize = { most: 600, rest: 500, facts: 400 }) {
		this.#size = size;
	}

	get bounds(): ChatBounds {
		return this.#bounds;
	}
	get loaded(): boolean {
		return this.#loaded;
	}
	get follows(): boolean {
		return this.#follows;
	}
	get synced(): number {
		return this.#synced;
	}
	get end(): number {
		return this.#end;
	}
	get start(): number {
		return this.#end - this.#messages.length + 1;
	}
	/** Grows by the messages added in front, and shrinks by those dropped there. */
	get prepended(): number {
		return this.#prepended;
	}
	get hasBefore(): boolean {
		return this.#loaded && this.start > this.#bounds.first;
	}
	get hasAfter(): boolean {
		return this.#loaded && !this.#follows;
	}
	/** Whether changes were missed. */
	get behind(): boolean {
		return this.#loaded && this.#synced < this.#bounds.revision;
	}
	/** The same array until something changes. */
	get messages(): readonly Message[] {
		this.#given = true;
		return this.#messages;
	}

	/** Whether the message with this id is in the part. */
	has(messageId: MessageId): boolean {
		return this.#messages.some((message) => message.messageId === messageId);
	}

	/** Takes over messages from facts, and from answers about single messages. */
	learn(messages: readonly Message[]): void {
		let late = Infinity;
		for (const message of messages) {
			const { seq: last, revision } = message;
			if (revision < this.#bounds.revision) late = Math.min(late, revision);
			this.#widen({ first: this.#bounds.first, last, revision });
			this.#recent.set(revision, message);
			this.#place(message);
		}
		for (const revision of this.#recent.keys()) {
			if (this.#recent.size <= this.#size.facts) break;
			this.#recent.delete(revision);
		}
		this.#catchUp(late);
	}

	/**
	 * A change that came as a fact, without its message. It applies if all changes before it are known. Otherwise the log
	 * is behind, and `changes` brings it.
	 */
	revise(
		{ messageId, seq, revision }: Pick<Message, 'messageId' | 'seq' | 'revision'>,
		change: (message: Message) => Message,
	): void {
		const { first, last } = this.#bounds;
		this.#widen({ first, last, revision });
		if (!this.#loaded || revision !== this.#synced + 1) return;
		const known = seq > this.#end ? this.#ahead.get(seq) : this.#messages[seq - this.start];
		// Answers in the part show the beginning of a message that is not in it.
		if (!known && this.#messages.some(({ replyTo }) => replyTo?.messageId === messageId)) return;
		this.#synced = revision;
		if (known && known.revision < revision) {
			const message = { ...change(known), revision };
			this.#recent.set(revision, message);
			this.#place(message);
		}
		this.#catchUp();
	}

	/** The first and last message of the chat and its revision, as the server has them. */
	extent(bounds: ChatBounds): void {
		this.#widen(bounds);
		if (!this.#loaded) return;
		const { first } = this.#bounds;
		const gone = Math.min(first - this.start, this.#messages.length);
		if (gone > 0) this.#dropFront(gone);
		if (this.#end >= first - 1) return;
		// The whole part was removed: it continues where the chat begins now.
		this.#end = first - 1;
		this.#catchUp();
	}

	/** Takes a page for the part, wherever that was. */
	replace(page: Page): void {
		this.#loaded = true;
		this.#messages = [...page.messages];
		this.#given = false;
		this.#end = page.messages.at(-1)?.seq ?? page.last;
		this.#follows = this.#end >= page.last;
		this.#synced = page.revision;
		this.#ahead.clear();
		this.extent(page);
		this.#catchUp(page.revision);
	}

	/** Joins a page that adjoins or overlaps the part. Other pages came too late and are ignored. */
	extend(page: Page): void {
		const { start } = this;
		const first = page.messages[0]?.seq ?? start;
		const last = page.messages.at(-1)?.seq ?? this.#end;
		if (!this.#loaded || last < start - 1 || first > this.#end + 1) return;
		const front = page.messages.filter(({ seq }) => seq < start);
		for (const message of page.messages) {
			if (message.seq > this.#end) this.#append(message);
			else if (message.seq >= start) this.#place(message);
		}
		this.#change().unshift(...front);
		this.#prepended += front.length;
		if (this.#end >= page.last) this.#follows = true;
		const excess = this.#messages.length - this.#size.most;
		if (excess > 0 && front.length > 0) this.#dropBack(excess);
		else if (excess > 0) this.#dropFront(excess);
		this.extent(page);
		this.#joined(page.revision);
	}

	/** The changes after `synced`, as they were when they were requested. */
	changes(answer: Page & { more: boolean }): void {
		for (const message of answer.messages) this.#place(message);
		const upTo = answer.more ? answer.messages.at(-1)?.revision : answer.revision;
		this.#synced = Math.max(this.#synced, upTo ?? 0);
		this.extent(answer);
		this.#joined(answer.revision);
	}

	/** Something was taken into the part that is as it was at this revision. */
	#joined(revision: number): void {
		for (let later = this.#synced; later > revision; later--) {
			if (this.#recent.has(later)) continue;
			// A change in between is missing: it is not kept here any more, or came only in part.
			this.#synced = revision;
			break;
		}
		this.#catchUp(revision);
	}

	/**
	 * Advances over all that is known without a gap: messages after the end, and revisions.
	 *
	 * @param revision Facts after this one are applied again first, because the messages that were joined may be older.
	 */
	#catchUp(revision = Infinity): void {
		if (revision < Infinity) {
			const facts = [...this.#recent.values()].filter((fact) => fact.revision > revision);
			for (const fact of facts.sort((a, b) => a.revision - b.revision)) this.#place(fact);
		}
		for (let next = this.#ahead.get(this.#end + 1); next; next = this.#ahead.get(this.#end + 1)) {
			this.#append(next);
		}
		while (this.#recent.has(this.#synced + 1)) this.#synced++;
		const { length } = this.#messages;
		if (length <= this.#size.most) return;
		if (this.reader === 'end') this.#dropFront(length - this.#size.rest);
		else this.#dropBack(length - this.#size.most);
	}

	/** Puts a message in its place, if that lies in the part or after it. */
	#place(message: Message): void {
		if (!this.#loaded) return;
		const { seq } = message;
		const known = seq > this.#end ? this.#ahead.get(seq) : this.#messages[seq - this.start];
		if (known && known.revision > message.revision) return;
		this.#requote(message);
		if (known?.revision === message.revision) return;
		if (seq > this.#end) {
			if (this.#follows) this.#ahead.set(seq, message);
			if (this.#ahead.size > this.#size.most) this.#dropBack(0);
		} else if (known) this.#change()[seq - this.start] = message;
	}

	/** Replies show the current beginning of the message that they reply to. */
	#requote(message: Message): void {
		const excerpt = excerptOf(message);
		for (const [index, answer] of this.#messages.entries()) {
			const { replyTo } = answer;
			if (replyTo?.messageId !== message.messageId || replyTo.excerpt === excerpt) continue;
			this.#change()[index] = { ...answer, replyTo: { ...replyTo, excerpt } };
		}
	}

	#append(message: Message): void {
		const quoted = message.replyTo && this.#messages[message.replyTo.seq - this.start];
		this.#change().push(message);
		// The reply may have waited while the message it replies to changed.
		if (quoted) this.#requote(quoted);
		this.#end = message.seq;
		this.#ahead.delete(message.seq);
	}

	#dropFront(count: number): void {
		this.#change().splice(0, count);
		this.#prepended -= count;
	}

	#dropBack(count: number): void {
		const kept = this.#messages.length - count;
		this.#change().splice(kept, count);
		this.#end -= count;
		this.#follows = false;
		this.#ahead.clear();
	}

	/** The messages, to be changed. Lists that were given out stay as they were. */
	#change(): Message[] {
		if (this.#given) this.#messages = [...this.#messages];
		this.#given = false;
		return this.#messages;
	}

	/** Each of the three only ever grows. */
	#widen({ first, last, revision }: ChatBounds): void {
		const known = this.#bounds;
		if (first <= known.first && last <= known.last && revision <= known.revision) return;
		this.#bounds = {
			first: Math.max(first, known.first),
			last: Math.max(last, known.last),
			revision: Math.max(revision, known.revision),
		};
	}
}
