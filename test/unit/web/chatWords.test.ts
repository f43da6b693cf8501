import { describe, expect, it } from 'vitest';
import {
	newMessagesWords,
	plainExcerpt,
	reactionWords,
	runWords,
	searchExcerpt,
	searchMarks,
	typingWords,
} from '#lib/chatWords.ts';
import { dayWords } from '#lib/dateWords.ts';
import { sizeWords, typeWords } from '#lib/fileWords.ts';
import { nameList } from '#lib/nameList.ts';

const people = (...names: string[]) => names.map((name) => ({ name }));

it.each([
	[[], ''],
	[['Ada'], 'Ada'],
	[['Ada', 'Bo'], 'Ada and Bo'],
	[['Ada', 'Bo', 'Cy'], 'Ada, Bo and Cy'],
	[['Ada', 'Bo', 'Cy', 'Di'], 'Ada, Bo and 2 others'],
])('%j in one phrase', (names, phrase) => {
	expect(nameList(names)).toBe(phrase);
});

it.each([
	[people(), ''],
	[people('Ada'), 'Ada is typing…'],
	[people('Ada', 'Bo'), 'Ada and Bo are typing…'],
	[people('Ada', 'Bo', 'Cy'), 'Several people are typing…'],
])('%j typing', (who, words) => {
	expect(typingWords(who)).toBe(words);
});

describe('system lines', () => {
	const line = (name: string, event: 'joined' | 'left') => ({
		author: { name },
		system: { event },
	});
	it.each([
		[[line('Ada', 'joined')], 'Ada joined'],
		[[line('Ada', 'joined'), line('Bo', 'joined')], 'Ada and Bo joined'],
		[[line('Ada', 'joined'), line('Ada', 'left')], 'Ada joined · Ada left'],
		[
			[...['Ada', 'Bo', 'Cy', 'Di'].map((name) => line(name, 'joined')), line('Ada', 'left')],
			'Ada, Bo and 2 others joined · Ada left',
		],
		[[line('Ada', 'left'), line('Bo', 'left')], 'Ada and Bo left'],
		[[line('Ada', 'left'), line('Ada', 'left')], 'Ada left'],
	])('%j', (lines, words) => {
		expect(runWords(lines)).toBe(words);
	});

	it('say who decided how long the chat is kept', () => {
		const system = { event: 'retention', retention: { kind: 'days', days: 30 } } as const;
		expect(runWords([{ author: { name: 'Ada' }, system }])).toBe(
			'Ada decided that the chat is kept for 30 days',
		);
	});

	it.each([
		[{ kind: 'forever' }, 'until somebody deletes it'],
		[{ kind: 'days', days: 1 }, 'for 1 day'],
		[{ kind: 'until-empty' }, 'until the last person leaves the call'],
	] as const)('%j', (retention, words) => {
		const system = { event: 'retention', retention } as const;
		expect(runWords([{ author: { name: 'Ada' }, system }])).toBe(
			`Ada decided that the chat is kept ${words}`,
		);
	});
});

it('a reaction names oneself first, and those who are gone as somebody', () => {
	const names = new Map([['a', 'Ada']]);
	expect(reactionWords('👍', ['a', 'me'], names, 'me')).toBe('👍 by You and Ada');
	expect(reactionWords('👍', ['x'], names, 'me')).toBe('👍 by Somebody');
});

it.each([
	[0, 'Jump to latest'],
	[1, '1 new message'],
	[3, '3 new messages'],
	[120, '99+ new messages'],
])('%i below', (count, words) => {
	expect(newMessagesWords(count)).toBe(words);
});

it.each([
	['**Hello** `x`', 'Hello x'],
	['snake_case _soft_', 'snake_case soft'],
	['> a\n> b', 'a b'],
	['- a\n- b', 'a b'],
	['```ts\ncode\n```', 'code'],
	['x'.repeat(200), `${'x'.repeat(119)}…`],
])('%j in short', (body, excerpt) => {
	expect(plainExcerpt(body)).toBe(excerpt);
});

describe('what was searched for', () => {
	const found = (text: string, query: string) =>
		searchMarks(text, query)
			.filter((part) => part.found)
			.map((part) => part.text);
	it.each([
		['Hello there, hello', 'hello', ['Hello', 'hello']],
		['Helloween', 'hell', ['Helloween']],
		['shell', 'hell', []],
		['a.b (c)', '.*( c', ['c']],
		['one two', 'two one', ['one', 'two']],
		['text', '"', []],
	])('is marked in %j for %j', (text, query, marks) => {
		expect(found(text, query)).toEqual(marks);
		expect(
			searchMarks(text, query)
				.map((part) => part.text)
				.join(''),
		).toBe(text);
	});

	it('is in the excerpt, however far behind', () => {
		const body = `${'word '.repeat(200)}needle${' word'.repeat(200)}`;
		const excerpt = searchExcerpt(body, 'needle');
		expect(excerpt).toMatch(/^…word .*needle.* word.*…$/);
		expect(excerpt.length).toBeLessThanOrEqual(162);
		expect(searchExcerpt('a needle', 'needle')).toBe('a needle');
	});
});

describe('days', () => {
	const now = new Date(2026, 2, 29, 9).getTime();
	it.each([
		['today', new Date(2026, 2, 29, 0, 1), 'Today'],
		['yesterday, however late', new Date(2026, 2, 28, 23, 59), 'Yesterday'],
		['this year', new Date(2026, 0, 5), /5/],
	])('%s', (_, date, words) => {
		expect(dayWords(date.getTime(), now)).toMatch(words);
	});

	it('name the year where it is another one', () => {
		expect(dayWords(new Date(2024, 5, 1).getTime(), now)).toContain('2024');
		expect(dayWords(new Date(2026, 0, 5).getTime(), now)).not.toContain('2026');
	});
});

describe('files', () => {
	it.each([
		[0, '0 bytes'],
		[1, '1 byte'],
		[999, '999 bytes'],
		[1000, '1.0 kB'],
		[9949, '9.9 kB'],
		[12_345, '12 kB'],
		[999_499, '999 kB'],
		[999_500, '1.0 MB'],
		[104_857_600, '105 MB'],
		[3_200_000_000, '3.2 GB'],
		[5e15, '5000 TB'],
	])('%i bytes are %s', (bytes, words) => {
		expect(sizeWords(bytes)).toBe(words);
	});

	it.each([
		['image/png', 'Picture'],
		['image/svg+xml', 'Drawing'],
		['application/pdf', 'PDF document'],
		['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'Text document'],
		['application/zip', 'Archive'],
		['text/plain', 'Text'],
		['text/csv', 'Spreadsheet'],
		['application/octet-stream', 'File'],
		['', 'File'],
	])('%s is a %s', (type, words) => {
		expect(typeWords(type)).toBe(words);
	});
});
