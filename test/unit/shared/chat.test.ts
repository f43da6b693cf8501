import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { draft, reaction, revisedDraft, searchQuery } from '../../../shared/chat.ts';
import { newFileId } from '../../../shared/ids.ts';
import { messageBody } from '../../../shared/text.ts';

describe('the text of a message', () => {
	test.each([
		['plain', 'plain'],
		['two\nlines\tand a tab', 'two\nlines\tand a tab'],
		['windows\r\nlines\rmixed', 'windows\nlines\nmixed'],
		['\n\nno blanks around  \n\n', 'no blanks around'],
		['    indented code', '    indented code'],
		['<b>stays</b> & __proto__', '<b>stays</b> & __proto__'],
		['\u200Fשלום\u200E', '\u200Fשלום\u200E'],
		['👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'],
		['x'.repeat(8000), 'x'.repeat(8000)],
	])('%j is %j', (given, body) => {
		expect(v.parse(messageBody, given)).toBe(body);
	});

	test.each([
		['a null byte', 'a\u0000b'],
		['an escape', 'a\u001B[31m'],
		['a reversal of direction', 'a\u202Eb'],
		['half a character', 'a\uD83D'],
		['too much', 'x'.repeat(8001)],
		['far too much', 'x'.repeat(100_000)],
	])('%s is refused in words', (_what, given) => {
		const result = v.safeParse(messageBody, given);
		expect(result.issues?.[0].message).toMatch(
			/^(?:This message contains|Messages can have up to) /,
		);
	});
});

describe('a draft', () => {
	test.each([
		[{ body: 'a' }, true],
		[{ body: '' }, false],
		[{}, false],
		[{ body: ' \n\t\u00A0' }, false],
		[{ body: '\u200B\u200D\uFEFF' }, false],
		[{ body: '\u2800' }, false],
		[{ body: '', files: [newFileId()] }, true],
		[{ body: 'a', files: Array.from({ length: 11 }, newFileId) }, false],
		[{ body: 'a', replyTo: 'x' }, false],
	])('%j: %s', (given, fits) => {
		expect(v.is(draft, given)).toBe(fits);
	});

	test('has nothing that was not asked for', () => {
		const given: unknown = JSON.parse('{"body":"a","__proto__":{"admin":true},"author":"x"}');
		expect(v.parse(draft, given)).toEqual({ body: 'a', replyTo: null, mentions: [], files: [] });
	});

	test('an edit says something', () => {
		expect(v.is(revisedDraft, { body: ' ' })).toBe(false);
	});
});

describe('a reaction', () => {
	test.each(['👍', '❤️', '❤', '👩‍👩‍👧‍👦', '🇪🇸', '👋🏽', '1️⃣', '☕'])('%s is one', (emoji) => {
		expect(v.is(reaction, emoji)).toBe(true);
	});
	test.each(['', 'a', '1', '#', '👍👍', '👍a', '<b>', ' ', '\u200D', '👍'.repeat(50)])(
		'%j is none',
		(text) => {
			expect(v.is(reaction, text)).toBe(false);
		},
	);
});

test('a search asks for something', () => {
	expect(v.is(searchQuery, '  ')).toBe(false);
	expect(v.parse(searchQuery, ' a ')).toBe('a');
});
