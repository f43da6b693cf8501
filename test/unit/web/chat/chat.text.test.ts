import { describe, expect, it } from 'vitest';
import {
	eventWords,
	movementWords,
	newMessagesWords,
	plainExcerpt,
	reactionWords,
	typingWords,
} from '#lib/features/chat/text/chat.text.ts';
import { dayWords } from '#lib/language/dates.text.ts';
import { sizeWords, typeWords } from '#lib/features/chat/text/files.text.ts';
import { readLanguageFrom } from '#lib/language/current.ts';
import { sourceLanguage } from '#lib/language/languages.ts';
import { nameList } from '#lib/language/nameList.ts';

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

it('names in Latin letters do not turn a phrase around that runs from right to left', () => {
	readLanguageFrom(() => 'ar');
	try {
		expect(nameList(['Ada', 'Bo'])).toBe('\u2068Ada\u2069 و\u2068Bo\u2069');
	} finally {
		readLanguageFrom(() => sourceLanguage);
	}
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
	it.each([
		[['Ada'], [], [], 'Ada joined'],
		[['Ada', 'Bo'], [], [], 'Ada and Bo joined'],
		[[], ['Ada', 'Bo'], [], 'Ada and Bo rejoined'],
		[
			['Ada', 'Bo', 'Cy', 'Di'],
			['Flo'],
			['Ed'],
			'Ada, Bo and 2 others joined · Flo rejoined · Ed left',
		],
		[[], [], [], ''],
	])('%j joined, %j rejoined, %j left', (joined, rejoined, left, words) => {
		expect(movementWords({ joined, rejoined, left })).toBe(words);
	});

	it.each([
		['accepted', 21, 'You called · 21 s', 'Ada called · 21 s'],
		['no-answer', null, 'You called, no answer', 'Missed call from Ada'],
		['cancelled', null, 'You called, no answer', 'Missed call from Ada'],
		['declined', null, 'Your call was declined', 'Ada called and was declined'],
	] as const)(
		'tell a call that ended with %s in the second person to its caller',
		(outcome, seconds, own, others) => {
			const system = { event: 'called', outcome, seconds } as const;
			expect(eventWords('Ada', system, true)).toBe(own);
			expect(eventWords('Ada', system)).toBe(others);
		},
	);

	it('say who decided how long the chat is kept', () => {
		const system = { event: 'retention', retention: { kind: 'days', days: 30 } } as const;
		expect(eventWords('Ada', system)).toBe('Ada set messages to be deleted after 30 days');
	});

	it.each([
		[{ kind: 'forever' }, 'kept forever'],
		[{ kind: 'days', days: 1 }, 'deleted after 1 day'],
		[{ kind: 'until-empty' }, 'deleted when the call ends'],
	] as const)('%j', (retention, words) => {
		const system = { event: 'retention', retention } as const;
		expect(eventWords('Ada', system)).toBe(`Ada set messages to be ${words}`);
	});
});

it('a reaction names oneself first, and those who are gone as someone', () => {
	const names = new Map([['a', 'Ada']]);
	expect(reactionWords('👍', ['a', 'me'], names, 'me')).toBe('👍 by You and Ada');
	expect(reactionWords('👍', ['x'], names, 'me')).toBe('👍 by Someone');
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
		['image/png', 'Image'],
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
