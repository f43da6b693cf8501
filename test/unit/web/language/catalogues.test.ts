import { describe, expect, it } from 'vitest';
import { areaOf, areasOf } from '#lib/language/areas.ts';
import { chooseLanguage } from '#lib/language/choice.ts';
import { languageName, languages, sourceLanguage } from '#lib/language/languages.ts';
import { plural } from '#lib/language/plural.ts';
import { beginCatalogues, readCatalogues } from '../../../../web/bundler/extraction.ts';
import { misfit } from '../../../../web/bundler/misfit.ts';
import { readableText } from '../../../../web/bundler/readableText.ts';

it.each(languages.filter((language) => language !== sourceLanguage))(
	'every translation into %s has put in what English has',
	async (language) => {
		const { items } = await readCatalogues();
		expect(items.length).toBeGreaterThan(400);
		const problems = items.flatMap(({ translations }) => {
			const [source, translation] = [
				translations.get('en') ?? [],
				translations.get(language) ?? [],
			];
			// What is not translated yet is for `npm run check` to say.
			const problem = translation.some((form) => form !== '') ? misfit(source, translation) : null;
			return problem === null ? [] : [`${source[0]} ${problem}`];
		});
		expect(problems).toEqual([]);
	},
);

it('a language without a catalogue gets one with every text, and no other one is written', async () => {
	const written = new Map<string, string>();
	const isThere = (path: unknown) => !String(path).endsWith('es.po');
	await beginCatalogues((path, content) => void written.set(path, content), isThere);
	expect([...written.keys()]).toEqual([expect.stringMatching(/\bes\.po$/)]);
	const { items } = await readCatalogues();
	const [catalogue = ''] = written.values();
	// One more stands at the head of the file.
	expect(catalogue.match(/^msgid /gm)).toHaveLength(items.length + 1);
});

describe('a translation fits', () => {
	it.each([
		[['Join'], ['Beitreten'], null],
		[['{0} of {1}'], ['{1}: {0}'], null],
		[['<0/> Chat'], ['Chat <0/>'], null],
		[['1 byte', '# bytes'], ['1 Byte', '# Bytes'], null],
	])('%j: %j', (source, translation, problem) => {
		expect(misfit(source, translation)).toBe(problem);
	});

	it.each([
		[['Join'], []],
		[['Join'], [' ']],
		[['{0} of {1}'], ['{0} von']],
		[['Join'], ['{0} beitreten']],
		[['<0>Now.</0>'], ['<0/>Jetzt.']],
		[
			['1 byte', '# bytes'],
			['1 Byte', 'Bytes'],
		],
		[['1 byte', '# bytes'], ['Bytes']],
		[
			['{name} left', '{name} left'],
			['{name} ging', 'Alle gingen'],
		],
	])('%j not: %j', (source, translation) => {
		expect(misfit(source, translation)).toEqual(expect.any(String));
	});
});

describe('the language', () => {
	it.each([
		['es', ['de-DE'], 'es'],
		[null, ['de-AT', 'en'], 'de'],
		[null, ['ja', 'ES-mx'], 'es'],
		[null, ['ja-JP'], 'en'],
		[null, [], 'en'],
		['klingon', ['de'], 'de'],
		[7, ['de'], 'de'],
	] as const)('for somebody who chose %j and reads %j is %s', (chosen, read, language) => {
		expect(chooseLanguage(languages, chosen, read)).toBe(language);
	});

	it('is called by its own name', () => {
		expect(languages.map(languageName)).toEqual(['English', 'Deutsch', 'Español']);
	});
});

describe('areas', () => {
	it('the landing page waits for its own texts only', () => {
		expect(areasOf('/')).toEqual(['site']);
		expect(areasOf('/room/standup')).toEqual(['site', 'rooms']);
	});

	it.each([
		['src/routes/+page.svelte', 'site'],
		['src/lib/features/site/ui/SiteHeader.svelte', 'site'],
		['src/lib/features/account/ui/Who.svelte', 'site'],
		['src/lib/features/call/ui/bar/CallBar.svelte', 'rooms'],
		['src/routes/settings/+page.svelte', 'rooms'],
		['../shared/errors.ts', 'rooms'],
	])('%s belongs to %s', (file, area) => {
		expect(areaOf(file)).toBe(area);
	});
});

describe('plural forms', () => {
	it.each([
		[1, '1 file of Ada'],
		[2, '2 files of Ada'],
		[0, '0 files of Ada'],
	])('%i', (count, words) => {
		expect(plural(count, ['1 file of {who}', '# files of {who}'], { who: 'Ada' })).toBe(words);
	});

	it('leave names alone that look like marks', () => {
		expect(plural(2, ['{who}', '{who} and #'], { who: '# {who}' })).toBe('# {who} and 2');
	});

	it('go by the rule that the language has', () => {
		expect(plural(3, ['one', 'few', 'many'], {}, () => 1)).toBe('few');
		expect(plural(3, ['one', 'other'], {}, () => 2)).toBe('other');
	});
});

describe('what is for people to read', () => {
	const inFunction = {
		scope: 'script',
		funcName: 'words',
		file: 'src/a.ts',
		insideProgram: true,
	} as const;
	const asks = (text: string, details: object) =>
		readableText({
			msgStr: [text],
			plural: false,
			placeholders: [],
			type: 'message',
			details: { ...inFunction, ...details },
		});

	it.each([
		['Join', {}],
		['# wants to come in', {}],
		['1 person is in the room', {}],
		['“#” is empty', {}],
		['or', { scope: 'markup', element: 'span' }],
		['never', { scope: 'attribute', element: 'Switch', attribute: 'hint' }],
		['Microphone', { file: 'src/A.svelte', funcName: undefined, declaring: 'variable' }],
	])('%j %j', (text, details) => {
		expect(asks(text, details)).toBe('message');
	});

	it.each([
		['button primary', {}],
		['CALL_ENDED', {}],
		['NotAllowedError', {}],
		['ArrowDown', {}],
		['11px #', {}],
		['# / #', {}],
		['Button large', { scope: 'attribute', element: 'button', attribute: 'class' }],
		['Some words', { call: 'text.split' }],
		['Some words', { scope: 'markup', element: 'code' }],
		['Made once', { funcName: undefined }],
	])('not %j %j', (text, details) => {
		expect(asks(text, details)).toBe(false);
	});
});
