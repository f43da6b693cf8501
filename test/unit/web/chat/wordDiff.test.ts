import { describe, expect, it } from 'vitest';
import { wordDiff, type DiffPart } from '#lib/features/chat/ui/message/wordDiff.ts';

/** `-gone-` and `+come+` in the text. */
const short = (parts: readonly DiffPart[]): string =>
	parts
		.map(({ kind, text }) =>
			kind === 'same' ? text : kind === 'removed' ? `-${text}-` : `+${text}+`,
		)
		.join('');

describe('the difference of two texts', () => {
	it.each([
		['the same', 'the same', 'the same'],
		['I has one', 'I have one', 'I -has-+have+ one'],
		['since two hour.', 'for two hours.', '-since-+for+ two -hour-+hours+.'],
		['I am go home', 'I am going home', 'I am -go-+going+ home'],
		['he go to', 'she goes to', '-he go-+she goes+ to'],
		['I like', 'I like it', 'I like+ it+'],
		['very very good', 'very good', 'very -very -good'],
		['', 'new', '+new+'],
		['old', '', '-old-'],
	])('%j and %j', (before, after, parts) => {
		expect(short(wordDiff(before, after))).toBe(parts);
	});

	it.each([
		['one two three', 'one 2 three four'],
		['a\nb\n\nc', 'a\n\nb c'],
		['我在这里两个小时', '我在这里已经两个小时了'],
		['x '.repeat(3000), 'y '.repeat(3000)],
	])('loses nothing of either', (before, after) => {
		const parts = wordDiff(before, after);
		const side = (kind: DiffPart['kind']) =>
			parts
				.filter((part) => part.kind === 'same' || part.kind === kind)
				.map(({ text }) => text)
				.join('');
		expect(side('removed')).toBe(before);
		expect(side('added')).toBe(after);
	});

	it('has no two neighbours of one kind, and the removed before the added', () => {
		const kinds = wordDiff('a b c d e f', 'a x y d z f').map(({ kind }) => kind);
		expect(kinds).toEqual(['same', 'removed', 'added', 'same', 'removed', 'added', 'same']);
	});
});
