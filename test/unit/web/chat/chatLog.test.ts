import { describe, expect, test } from 'vitest';
import type { ChatBounds, Message } from '#shared/chat.ts';
import { ChatLog } from '#lib/features/chat/engine/conversation/chatLog.ts';
import { edited, said, saidBetween } from './messages.ts';

const page = (messages: Message[], bounds: Partial<ChatBounds> = {}) => {
	const last = messages.at(-1)?.seq ?? 0;
	return { first: 1, last, revision: last, ...bounds, messages };
};
const places = (log: ChatLog) => log.messages.map(({ seq }) => seq);
const range = (first: number, last: number) => saidBetween(first, last).map(({ seq }) => seq);
const bodies = (log: ChatLog) =>
	log.messages.map(({ content }) => (content.kind === 'text' ? content.body : content.kind));

/** A log that holds the last messages of a chat. */
function logOf(first: number, last: number, size?: ConstructorParameters<typeof ChatLog>[0]) {
	const log = new ChatLog(size);
	const messages = saidBetween(first, last);
	log.replace(page(messages));
	return { log, messages };
}

describe('the log of a conversation', () => {
	test('before anything is loaded, facts only move the bounds', () => {
		const log = new ChatLog();
		log.learn([said(7)]);
		expect(log.messages).toEqual([]);
		expect(log.bounds).toEqual({ first: 1, last: 7, revision: 7 });
		expect([log.behind, log.hasBefore, log.hasAfter]).toEqual([false, false, false]);
	});

	test('what comes at the end is appended, also twice and in disorder', () => {
		const { log } = logOf(1, 3);
		const [four, five, six] = [said(4), said(5), said(6)];
		log.learn([six]);
		expect(places(log)).toEqual([1, 2, 3]);
		expect([log.behind, log.hasAfter]).toEqual([true, false]);
		log.learn([four, five, four]);
		expect(places(log)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(log.behind).toBe(false);
	});

	test('the latest revision of a message stands, whatever comes later', () => {
		const { log, messages } = logOf(1, 3);
		const two = messages[1]!;
		log.learn([edited(two, 5, 'second')]);
		log.learn([edited(two, 4, 'first')]);
		expect(bodies(log)).toEqual(['message 1', 'second', 'message 3']);
		expect(log.behind).toBe(false);
		log.extend(page(messages));
		expect(bodies(log)[1]).toBe('second');
	});

	test('what was given out is not changed afterwards', () => {
		const { log, messages } = logOf(1, 3);
		const before = log.messages;
		expect(log.messages).toBe(before);
		log.learn([said(4), edited(messages[0]!, 5)]);
		expect(before).toEqual(messages);
		expect(places(log)).toEqual([1, 2, 3, 4]);
	});

	test('pages are joined where they adjoin or overlap, and ignored elsewhere', () => {
		const { log } = logOf(50, 60);
		log.extend(page(saidBetween(20, 30), { last: 60, revision: 60 }));
		expect(places(log)).toEqual(range(50, 60));
		log.extend(page(saidBetween(45, 52), { last: 60, revision: 60 }));
		expect(places(log)).toEqual(range(45, 60));
		log.extend(page(saidBetween(40, 44), { last: 60, revision: 60 }));
		expect([places(log), log.prepended]).toEqual([range(40, 60), 10]);
	});

	test('another part does not follow what comes at the end', () => {
		const { log } = logOf(90, 100);
		log.replace(page(saidBetween(10, 20), { last: 100, revision: 100 }));
		expect([log.hasBefore, log.hasAfter]).toEqual([true, true]);
		log.learn([said(101)]);
		expect([places(log), log.bounds.last]).toEqual([range(10, 20), 101]);
		expect(log.behind).toBe(false);
		log.extend(page(saidBetween(21, 101)));
		expect([places(log), log.hasAfter]).toEqual([range(10, 101), false]);
		log.learn([said(102)]);
		expect(log.end).toBe(102);
	});

	test('facts that a page does not know yet apply to it when it comes', () => {
		const log = new ChatLog();
		const messages = saidBetween(1, 5);
		log.learn([said(6), edited(messages[2]!, 7, 'newer')]);
		log.replace(page(messages));
		expect(bodies(log)).toEqual([
			'message 1',
			'message 2',
			'newer',
			'message 4',
			'message 5',
			'message 6',
		]);
		expect(log.behind).toBe(false);
	});

	test('a page that is older than what is remembered is made good by changes', () => {
		const { log } = logOf(1001, 1010);
		// So many facts about another message that those of the page are forgotten.
		const old = saidBetween(995, 1000);
		const changed = edited(old[0]!, 1011, 'changed meanwhile');
		log.learn([changed]);
		for (let revision = 1012; revision < 1600; revision++)
			log.learn([edited(log.messages[0]!, revision)]);
		expect(log.behind).toBe(false);
		log.extend(page(old, { last: 1010, revision: 1010 }));
		expect([log.behind, log.synced]).toEqual([true, 1010]);
		const messages = [changed, log.messages.find(({ seq }) => seq === 1001)!];
		log.changes({ first: 1, last: 1010, revision: 1599, messages, more: false });
		expect([log.behind, bodies(log)[0]]).toEqual([false, 'changed meanwhile']);
	});

	test('missed changes in several answers fill the gap, in whatever order posts were changed', () => {
		const { log } = logOf(1, 3);
		const [four, five] = [edited(said(4), 7), said(5)];
		const bounds = { first: 1, last: 5, revision: 7 };
		log.extent(bounds);
		expect(log.behind).toBe(true);
		log.changes({ ...bounds, messages: [five], more: true });
		expect([places(log), log.behind]).toEqual([[1, 2, 3], true]);
		log.changes({ ...bounds, messages: [four], more: false });
		expect([places(log), log.behind]).toEqual([[1, 2, 3, 4, 5], false]);
	});

	test('a part that grows too long loses its other end', () => {
		const { log } = logOf(101, 110, { most: 20, rest: 15, facts: 400 });
		log.extend(page(saidBetween(85, 100), { last: 110, revision: 110 }));
		expect([places(log), log.prepended, log.hasAfter]).toEqual([range(85, 104), 16, true]);
		log.extend(page(saidBetween(105, 110)));
		expect([places(log), log.prepended, log.hasAfter]).toEqual([range(91, 110), 10, false]);
	});

	test('who reads at the end keeps the end, who reads above keeps what is there', () => {
		const end = logOf(1, 20, { most: 20, rest: 15, facts: 400 }).log;
		end.learn(saidBetween(21, 22));
		expect([places(end), end.prepended, end.hasAfter]).toEqual([range(8, 22), -7, false]);
		const above = logOf(1, 20, { most: 20, rest: 15, facts: 400 }).log;
		above.reader = 'above';
		above.learn(saidBetween(21, 22));
		expect([places(above), above.prepended, above.hasAfter]).toEqual([range(1, 20), 0, true]);
		expect(above.behind).toBe(false);
	});

	test.each([
		['some of it', 4, range(4, 6)],
		['all of it', 7, []],
	])('what is cleared away leaves the part: %s', (_, first, rest) => {
		const { log } = logOf(1, 6);
		log.extent({ first, last: 6, revision: 6 });
		expect([places(log), log.hasBefore, log.hasAfter]).toEqual([rest, false, false]);
		log.learn([said(7)]);
		expect(places(log)).toEqual([...rest, 7]);
	});

	test('goes on where the chat begins when more is cleared away than was known', () => {
		const { log } = logOf(1, 6);
		log.extent({ first: 21, last: 20, revision: 20 });
		log.changes({ first: 21, last: 20, revision: 20, messages: [], more: false });
		log.learn([said(21)]);
		expect([places(log), log.behind]).toEqual([[21], false]);
	});

	test('a chat without messages is loaded, and grows', () => {
		const log = new ChatLog();
		log.replace({ first: 1, last: 0, revision: 0, messages: [] });
		expect([log.loaded, log.hasBefore, log.hasAfter]).toEqual([true, false, false]);
		log.learn([said(1)]);
		expect(places(log)).toEqual([1]);
	});

	test('answers quote what they answer as it is now', () => {
		const { log, messages } = logOf(1, 2);
		const [one] = messages;
		const { messageId, seq, author } = one!;
		const quote = { messageId, seq, author, excerpt: 'message 1' };
		log.learn([said(3, { replyTo: quote })]);
		log.learn([edited(one!, 4, 'x'.repeat(500))]);
		expect(log.messages[2]?.replyTo?.excerpt).toBe('x'.repeat(120));
		log.learn([{ ...one!, revision: 5, content: { kind: 'deleted' } }]);
		expect(log.messages[2]?.replyTo).toEqual({ ...quote, excerpt: '' });
	});

	test('an earlier change that comes late does not bring back an old quote', () => {
		const [one] = saidBetween(1, 1);
		const { messageId, seq, author } = one!;
		const replyTo = { messageId, seq, author, excerpt: 'message 1' };
		const answer = () => said(9, { replyTo });
		const excerpt = (log: ChatLog) => log.messages[0]?.replyTo?.excerpt;
		const [first, second] = [edited(one!, 10, 'first'), edited(one!, 11, 'second')];

		const byFacts = new ChatLog();
		byFacts.replace(page([answer()]));
		byFacts.learn([second]);
		byFacts.learn([first]);
		expect([excerpt(byFacts), byFacts.behind]).toEqual(['second', false]);

		const byChanges = new ChatLog();
		byChanges.replace(page([answer()]));
		byChanges.learn([second]);
		byChanges.changes({ first: 1, last: 9, revision: 10, messages: [first], more: false });
		expect([excerpt(byChanges), byChanges.behind]).toEqual(['second', false]);
	});
});
