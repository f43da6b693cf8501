import { describe, expect, it } from 'vitest';
import { searchExcerpt, searchMarks } from '#lib/features/chat/text/searchMarks.ts';

const marksOf = (parts: readonly { text: string; found: boolean }[]) =>
	parts.filter(({ found }) => found).map(({ text }) => text);
const textOf = (parts: readonly { text: string }[]) => parts.map(({ text }) => text).join('');

describe('what was searched for', () => {
	it.each([
		['Hello there, hello', 'hello', ['Hello', 'hello']],
		['Helloween', 'hell', ['Helloween']],
		['shell', 'hell', []],
		['a.b (c)', '.*( c', ['c']],
		['one two', 'two one', ['one', 'two']],
		['text', '"', []],
	])('is marked in %j for %j', (text, query, marks) => {
		const parts = searchMarks(text, query);
		expect(marksOf(parts)).toEqual(marks);
		expect(textOf(parts)).toBe(text);
	});

	it.each([
		['a Café here', 'cafe', ['Café']],
		['a Cafe\u0301 here', 'cafe', ['Cafe\u0301']],
		['the Cafe', 'café', ['Cafe']],
		['Frau Müller', 'muller', ['Müller']],
		['Die Straße hier', 'strasse', ['Straße']],
		['DIE STRASSE', 'straße', ['STRASSE']],
		['एक किताब है', 'किताब', ['किताब']],
		['東京都に住む', '東京', ['東京']],
		['ฉันชอบกินข้าวผัด', 'ข้าวผัด', ['ข้าวผัด']],
		['İstanbul bugün', 'istanbul', ['İstanbul']],
		['ΟΔΟΣ οδός', 'οδος', ['ΟΔΟΣ', 'οδός']],
		['Ｐａｒｌｅｙ', 'parley', ['Ｐａｒｌｅｙ']],
		['ﾃﾞｰﾀ', 'データ', ['ﾃﾞｰﾀ']],
		['Parley™ is here', 'parleytm', ['Parley™']],
		['안녕하세요 여러분', '안녕', ['안녕하세요']],
	])('B-6: is one mark in %j for %j, as the search reads both', (text, query, marks) => {
		const parts = searchMarks(text, query);
		expect(marksOf(parts)).toEqual(marks);
		expect(textOf(parts)).toBe(text);
	});

	it.each([
		['words', `${'word '.repeat(200)}needle${' word'.repeat(200)}`, 'needle', 'needle'],
		['an accent', `${'word '.repeat(60)}Müller${' word'.repeat(60)}`, 'muller', 'Müller'],
		['no spaces', `${'我们明天去'.repeat(80)}東京${'我们明天去'.repeat(80)}`, '東京', '東京'],
		['marks', `${'कि'.repeat(200)} किताब ${'कि'.repeat(200)}`, 'किताब', 'किताब'],
		['one long word', `${'x'.repeat(500)}-needle-${'x'.repeat(500)}`, 'needle', 'needle'],
		['code', '```needle\ncode\n```', 'needle', 'needle'],
	])('B-6: is in the excerpt, however far behind, among %s', (_, body, query, mark) => {
		const excerpt = searchExcerpt(body, query);
		expect(marksOf(excerpt)).toContain(mark);
		expect(textOf(excerpt).length).toBeLessThanOrEqual(162);
		expect(textOf(excerpt)).not.toMatch(/^…?\p{M}/u);
	});

	it('is shown whole where it is short, and else between words', () => {
		expect(textOf(searchExcerpt('a needle', 'needle'))).toBe('a needle');
		const body = `${'word '.repeat(200)}needle${' word'.repeat(200)}`;
		expect(textOf(searchExcerpt(body, 'needle'))).toMatch(/^…word .*needle.* word.*…$/);
	});
});
