import { describe, expect, test } from 'vitest';
import type { ChatBounds, Message } from '#shared/chat.ts';
import { ChatLog } from '#lib/features/chat/engine/conversation/chatLog.ts';
import { excerptOf } from '#lib/features/chat/engine/excerpt.ts';
import { random, said } from './messages.ts';

/** The chat as it is obviously meant: all messages in a list. */
class Model {
	#messages: Message[] = [];
	bounds: ChatBounds = { first: 1, last: 0, revision: 0 };

	/** The messages from one place to another as they are read now. */
	read(from: number, to: number): Message[] {
		return this.#messages
			.filter(({ seq }) => seq >= Math.max(from, this.bounds.first) && seq <= to)
			.map((message) => this.#asRead(message));
	}

	post(replyTo: number): Message {
		const seq = this.bounds.last + 1;
		this.#advance({ last: seq });
		const answered = this.#messages[replyTo - 1];
		const quote = answered && {
			messageId: answered.messageId,
			seq: answered.seq,
			author: answered.author,
			excerpt: '',
		};
		const message = said(seq, { revision: this.bounds.revision, replyTo: quote ?? null });
		this.#messages.push(message);
		return this.#asRead(message);
	}

	change(seq: number, deleted: boolean): Message | null {
		const message = this.#messages[seq - 1];
		if (!message || seq < this.bounds.first) return null;
		this.#advance({});
		const { revision } = this.bounds;
		const body = `changed to ${revision}`;
		const content: Message['content'] = deleted
			? { kind: 'deleted' }
			: { kind: 'text', body, mentions: [], files: [], editedAt: revision };
		const changed = { ...message, revision, content };
		this.#messages[seq - 1] = changed;
		return this.#asRead(changed);
	}

	clear(first: number): ChatBounds {
		this.bounds = { ...this.bounds, first: Math.max(this.bounds.first, first) };
		return this.bounds;
	}

	page(from: number, to: number) {
		return { ...this.bounds, messages: this.read(from, to) };
	}

	changes(revision: number, limit: number) {
		const all = this.read(1, Infinity)
			.filter((message) => message.revision > revision)
			.sort((a, b) => a.revision - b.revision);
		return { ...this.bounds, messages: all.slice(0, limit), more: all.length > limit };
	}

	#advance(bounds: Partial<ChatBounds>): void {
		this.bounds = { ...this.bounds, ...bounds, revision: this.bounds.revision + 1 };
	}

	#asRead(message: Message): Message {
		if (!message.replyTo) return message;
		const quoted = this.#messages[message.replyTo.seq - 1]!;
		return { ...message, replyTo: { ...message.replyTo, excerpt: excerptOf(quoted) } };
	}
}

/**
 * A client of the model: facts and answers are on their way for a while, overtake each other, come twice, and
 * are lost all at once with a connection.
 */
class Run {
	readonly model = new Model();
	readonly log: ChatLog;
	/** Changes that were told alone. */
	parts = 0;
	readonly #next: () => number;
	#underWay: (() => void)[] = [];

	constructor(seed: number) {
		this.#next = random(seed);
		this.log = new ChatLog({ most: 30, rest: 20, facts: 8 });
	}

	/** A whole number from 0 up to below. */
	#below(bound: number): number {
		return Math.floor(this.#next() * bound);
	}

	step(): void {
		const { model, log } = this;
		const { first, last } = model.bounds;
		const somewhere = first + this.#below(last - first + 1);
		switch (this.#below(16)) {
			case 0:
			case 1:
			case 2:
			case 3:
				return this.#tell(model.post(this.#below(2) * somewhere));
			case 4:
			case 5: {
				const changed = model.change(somewhere, this.#below(3) === 0);
				return changed ? this.#tellChange(changed) : undefined;
			}
			case 6:
				return this.#ask(model.page(last - 9, last), (page) => log.replace(page));
			case 7:
				return this.#ask(model.page(somewhere - 4, somewhere + 5), (page) => log.replace(page));
			case 8:
				if (!log.hasBefore) return;
				return this.#ask(model.page(log.start - 8, log.start - 1), (page) => log.extend(page));
			case 9:
				if (!log.hasAfter) return;
				return this.#ask(model.page(log.end + 1, log.end + 8), (page) => log.extend(page));
			case 10:
				if (log.behind) this.#ask(model.changes(log.synced, 5), (answer) => log.changes(answer));
				return;
			case 11:
				log.reader = this.#below(2) === 0 ? 'end' : 'above';
				return;
			case 12:
				if (this.#below(6) === 0) this.#ask(model.clear(somewhere), (bounds) => log.extent(bounds));
				return;
			case 13:
				// The connection is lost, and with it all that was under way; back, the bounds are told.
				if (this.#below(4) === 0) this.#underWay = [];
				return log.extent(model.bounds);
			default:
				return this.#arrive(this.#below(this.#underWay.length));
		}
	}

	/** All arrives, and what was missed is asked for until nothing is. */
	settle(): void {
		while (this.#underWay.length > 0) this.#arrive(0);
		this.log.extent(this.model.bounds);
		for (let round = 0; this.log.behind && round < 1000; round++)
			this.log.changes(this.model.changes(this.log.synced, 5));
	}

	/** The whole message or, as often, what was changed of it alone. */
	#tellChange(message: Message): void {
		const { content } = message;
		if (this.#below(2) === 0) return this.#tell(message);
		this.parts++;
		this.#ask(message, () => this.log.revise(message, (before) => ({ ...before, content })));
	}

	#tell(message: Message): void {
		this.#ask([message], (messages) => this.log.learn(messages));
	}

	#ask<T>(answer: T, take: (answer: T) => void): void {
		this.#underWay.push(() => take(answer));
		if (this.#below(10) === 0) this.#underWay.push(() => take(answer));
	}

	#arrive(index: number): void {
		const [arrives] = this.#underWay.splice(index, 1);
		arrives?.();
	}
}

describe('the log of a conversation, whatever happens on the way', () => {
	test.each(Array.from({ length: 300 }, (_, seed) => [seed + 1]))('seed %i', (seed) => {
		const run = new Run(seed);
		const { log, model } = run;
		for (let step = 0; step < 400; step++) {
			run.step();
			const places = log.messages.map(({ seq }) => seq);
			expect(places).toEqual(places.map((_, index) => log.start + index));
			expect(places.length).toBeLessThanOrEqual(30);
		}
		run.settle();
		expect(log.behind).toBe(false);
		expect(log.bounds).toEqual(model.bounds);
		// What an answer shows of a message that is gone for good is as it was when that was told.
		const shown = (messages: readonly Message[]) =>
			messages.map((message) =>
				message.replyTo && message.replyTo.seq < model.bounds.first
					? { ...message, replyTo: { ...message.replyTo, excerpt: '' } }
					: message,
			);
		expect(shown(log.messages)).toEqual(shown(model.read(log.start, log.end)));
		if (log.follows) expect(log.end).toBe(model.bounds.last);
		if (log.loaded) expect(log.start).toBeGreaterThanOrEqual(model.bounds.first);
	});

	test('the runs reach all that is to be tried', () => {
		const runs = Array.from({ length: 300 }, (_, seed) => new Run(seed + 1));
		for (const run of runs) {
			for (let step = 0; step < 400; step++) run.step();
			run.settle();
		}
		const count = (holds: (run: Run) => boolean) => runs.filter(holds).length;
		expect(count(({ log }) => log.follows && log.messages.length > 5)).toBeGreaterThan(50);
		expect(count(({ log }) => log.hasAfter)).toBeGreaterThan(50);
		expect(count(({ log }) => log.prepended > 0)).toBeGreaterThan(20);
		expect(count(({ log }) => log.bounds.first > 1)).toBeGreaterThan(50);
		expect(count(({ parts }) => parts > 5)).toBeGreaterThan(200);
	});
});
