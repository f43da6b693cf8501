import { describe, expect, test } from 'vitest';
import { words } from '../../../sfu/store/database/words.ts';

describe('the words of a text', () => {
	test.each([
		['', []],
		[' \n\t …!? 🙂', []],
		['Hello, hello WORLD!', ['hello', 'world']],
		['Crème brûlée', ['creme', 'brulee']],
		['Cre\u0300me', ['creme']],
		['Straße ﬁn Ⅳ ①', ['strasse', 'fin', 'iv', '1']],
		['ΟΔΟΣ οδός', ['οδοσ']],
		['İstanbul', ['istanbul']],
		["can't can’t", ['can', 't']],
		['a_b "c" d*e -f', ['a', 'b', 'c', 'd', 'e', 'f']],
		['https://example.org/a?b=1', ['https', 'example', 'org', 'a', 'b', '1']],
		['我们明天去北京', ['我们', '明天', '去', '北京']],
		['see 東京 now', ['see', '東京', 'now']],
		['Ｗｉｄｅ', ['wide']],
		['𝔟𝔩𝔞𝔠𝔨', ['black']],
	])('%j are %j', (text, expected) => {
		expect(words(text)).toEqual(expected);
	});

	test('are letters and digits only, whatever the text holds', () => {
		const everything = Array.from({ length: 0xd7ff }, (_, code) => String.fromCharCode(code));
		for (const word of words(everything.join(' '))) expect(word).toMatch(/^[\p{L}\p{N}]+$/u);
	});

	test('are cut where they are longer than databases take, between characters', () => {
		expect(words('x'.repeat(8000))).toEqual(['x'.repeat(64)]);
		expect(words('𠮷'.repeat(100)).every((word) => !/\p{Cs}/u.test(word))).toBe(true);
	});
});
