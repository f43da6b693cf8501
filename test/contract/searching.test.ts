import { expect, test } from 'vitest';
import type { ChatKey } from '../../sfu/store/api/store.ts';
import { onEachDatabase } from '../support/onEach.ts';
import { between, bodyOf, newAuthor, newChat, postOne, text } from '../support/stores.ts';

const ann = newAuthor('Ann');
const ben = newAuthor('Ben');

onEachDatabase('searching', (on) => {
	const found = async (key: ChatKey, query: string, before?: number, limit = 50) =>
		(await on.store.chats.search(key, query, before, limit)).messages.map(bodyOf);

	async function chatOf(...bodies: string[]): Promise<ChatKey> {
		const key = newChat();
		await on.store.chats.post(bodies.map((body) => text(key, ann, body)));
		return key;
	}

	test.each([
		['case', 'Hello World', 'hELLO'],
		['accents', 'Crème brûlée', 'creme brulee'],
		['accents of the query', 'Creme brulee', 'crème'],
		['letters that are two', 'Die Straße', 'STRASSE'],
		['the beginning of a word', 'signalling', 'sig'],
		['every word, in any order', 'one two three', 'thr on'],
		['within an address', 'see https://www.example.org/some/path', 'example.org'],
		['a part of an address', 'see https://www.example.org/some/path', 'path'],
		['with an apostrophe', 'I can’t', "can't"],
		['numbers', 'it costs 12.50', '12.5'],
		['Chinese', '我们明天去北京看电影', '北京'],
		['Chinese, several words', '我们明天去北京看电影', '电影 北京'],
		['Japanese', '今日は東京に行きました', '東京'],
		['Katakana', 'コンピューターを買いました', 'コンピューター'],
		['wide letters', 'ＰＡＲＬＥＹ', 'parley'],
		['Thai', 'ฉันชอบกินข้าวผัด', 'ข้าว'],
		['Korean', '안녕하세요 여러분', '안녕'],
		['Russian', 'Привет, Мир', 'мир'],
		['Greek with its last sigma', 'ΟΔΟΣ', 'οδος'],
		['Arabic', 'مرحبا بالعالم', 'مرحبا'],
		['Hindi', 'नमस्ते दुनिया', 'नमस्ते'],
		['a very long word', `x${'a'.repeat(7000)}`, `x${'a'.repeat(150)}`],
	])('finds by %s', async (_, body, query) => {
		const key = await chatOf('something else', body, 'and more');
		expect(await found(key, query)).toEqual([body]);
	});

	test.each([
		['in the middle of a word', 'signalling', 'nalling'],
		['one word too many', 'one two', 'one two three'],
		['a longer word', 'one', 'ones'],
	])('does not find %s', async (_, body, query) => {
		expect(await found(await chatOf(body), query)).toEqual([]);
	});

	test.each([
		'"',
		"'",
		'"one',
		"one'two",
		'one" OR "two',
		'NEAR(one two)',
		'one AND',
		'NOT one',
		'* one',
		'one*',
		'-one',
		'one:*',
		'one & | ! <-> two',
		'words:one',
		'_1',
		'\\',
		"\\'; --",
		'()',
		'🙂',
		'%',
		'\u0301',
		'{one} ^one + ~',
		'a'.repeat(200),
		'é'.repeat(200),
	])('takes %j as words and nothing else', async (query) => {
		const key = await chatOf('nothing of the kind');
		expect(await found(key, query)).toEqual([]);
	});

	test('words that are operators elsewhere are words', async () => {
		const key = await chatOf('this or that', 'not NEAR here', 'one and two');
		expect(await found(key, 'OR')).toEqual(['this or that']);
		expect(await found(key, 'NOT near')).toEqual(['not NEAR here']);
		expect(await found(key, 'AND')).toEqual(['one and two']);
	});

	test('newest first, by pages, in this chat only', async () => {
		const key = await chatOf(...Array.from({ length: 25 }, (_, index) => `word ${index + 1}`));
		await postOne(on.store, text(newChat(), ann, 'word elsewhere'));
		await postOne(on.store, text(between(key, ann, ben), ann, 'word aside'));
		const first = await on.store.chats.search(key, 'word', undefined, 10);
		expect(first.messages.map(({ seq }) => seq)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
		expect(first.more).toBe(true);
		const second = await on.store.chats.search(key, 'word', 16, 15);
		expect(second.messages.map(({ seq }) => seq)).toEqual(
			Array.from({ length: 15 }, (_, index) => 15 - index),
		);
		expect(second.more).toBe(false);
		expect(await found(key, 'word', 1)).toEqual([]);
		expect(await found(key, 'word', 999, 1)).toEqual(['word 25']);
		expect(await found(between(key, ann, ben), 'word')).toEqual(['word aside']);
		expect(await found(newChat(), 'word')).toEqual([]);
	});

	test('an edited message is found by its new words only', async () => {
		const key = newChat();
		const said = await postOne(on.store, text(key, ann, 'before it'));
		await on.store.chats.edit(
			key,
			said.messageId,
			ann.personId,
			{ body: 'after it', mentions: [] },
			1,
		);
		expect(await found(key, 'before')).toEqual([]);
		expect(await found(key, 'after')).toEqual(['after it']);
		expect(await found(key, 'it')).toEqual(['after it']);
	});

	test('deleted messages and system lines are not found', async () => {
		const key = newChat();
		const said = await postOne(on.store, text(key, ann, 'joined'));
		await on.store.chats.delete(key, said.messageId, ann.personId, 1);
		await postOne(on.store, {
			...text(key, ann, ''),
			content: { kind: 'system', system: { event: 'joined' } },
		});
		expect(await found(key, 'joined')).toEqual([]);
	});
});
