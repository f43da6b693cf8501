import { afterEach, describe, expect, it, vi } from 'vitest';
import { areaOf, areasOf } from '#lib/language/areas.ts';
import { chooseLanguage } from '#lib/language/choice.ts';
import { regionalLanguage, readLanguageFrom } from '#lib/language/current.ts';
import { directionOf, languageName, languages, sourceLanguage } from '#lib/language/languages.ts';
import { plural } from '#lib/language/plural.ts';
import { pluralForm, pluralFormsOf } from '#lib/language/pluralForms.ts';
import { beginCatalogues, readCatalogues } from '../../../../web/bundler/extraction.ts';
import { misfit } from '../../../../web/bundler/misfit.ts';
import { readableText } from '../../../../web/bundler/readableText.ts';

/** Read once: all files together take a second. */
const catalogues = readCatalogues();

it.each(languages.filter((language) => language !== sourceLanguage))(
	'every translation into %s has put in what English has',
	async (language) => {
		const { items } = await catalogues;
		expect(items.length).toBeGreaterThan(400);
		const problems = items.flatMap(({ translations }) => {
			const [source, translation] = [
				translations.get('en') ?? [],
				translations.get(language) ?? [],
			];
			// What is not translated yet is for `npm run check` to say.
			const problem = translation.some((form) => form !== '')
				? misfit(source, translation, pluralFormsOf(language))
				: null;
			return problem === null ? [] : [`${source[0]} ${problem}`];
		});
		expect(problems).toEqual([]);
	},
);

it('what is put into a text that runs from right to left is isolated', async () => {
	const { items } = await catalogues;
	const isolated = /\u2068\{\w+\}\u2069/g;
	for (const language of languages.filter((code) => directionOf(code) === 'rtl')) {
		const texts = items
			// That is a name, and names hold no invisible characters.
			.filter(({ translations }) => translations.get('en')?.[0] !== 'Guest {0}')
			.flatMap(({ translations }) => translations.get(language) ?? []);
		expect(texts.filter((text) => isolated.test(text)).length).toBeGreaterThan(100);
		expect(texts.filter((text) => /\{\w+\}/.test(text.replaceAll(isolated, '')))).toEqual([]);
	}
});

it('a catalogue keeps the comment of its translators when it is written anew', async () => {
	const written: string[] = [];
	const isThere = (path: unknown) => !String(path).endsWith('fr.po');
	await beginCatalogues((_, content) => void written.push(content), isThere);
	expect(written).toEqual([expect.stringMatching(/^# French\./)]);
});

it('a language without a catalogue gets one with every text, and no other one is written', async () => {
	const written = new Map<string, string>();
	const isThere = (path: unknown) => !String(path).endsWith('es.po');
	await beginCatalogues((path, content) => void written.set(path, content), isThere);
	expect([...written.keys()]).toEqual([expect.stringMatching(/\bes\.po$/)]);
	const { items } = await catalogues;
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
		expect(misfit(source, translation, 2)).toBe(problem);
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
		expect(misfit(source, translation, 2)).toEqual(expect.any(String));
	});

	it('has as many forms as its language needs, whatever English has', () => {
		const english = ['1 byte of {name}', '# bytes of {name}'];
		expect(misfit(english, ['{name}の#バイト'], 1)).toBeNull();
		expect(misfit(english, ['{name}', '{name} 1', '{name} #'], 3)).toBeNull();
		expect(misfit(english, ['{name} 1', '{name} #'], 3)).toMatch('2 forms instead of 3');
		expect(misfit(english, ['{name}', '1', '{name} #'], 3)).toMatch('nothing put in');
		expect(misfit(['Join'], ['Beitreten'], 6)).toBeNull();
	});
});

describe('the language', () => {
	it.each([
		['es', ['de-DE'], 'es'],
		[null, ['de-AT', 'en'], 'de'],
		[null, ['ko', 'ES-mx'], 'es'],
		[null, ['fr-CA', 'en'], 'fr'],
		[null, ['pt', 'en'], 'pt-BR'],
		[null, ['pt-PT', 'en'], 'pt-BR'],
		[null, ['ar-EG'], 'ar'],
		[null, ['ja-JP-u-ca-japanese'], 'ja'],
		[null, ['zh-CN', 'zh', 'en'], 'zh-Hans'],
		[null, ['zh'], 'zh-Hans'],
		[null, ['zh-SG'], 'zh-Hans'],
		[null, ['zh-Hans-HK'], 'zh-Hans'],
		['zh-Hans', ['zh-TW', 'en'], 'zh-Hans'],
	] as const)('for somebody who chose %j and reads %j is %s', (chosen, read, language) => {
		expect(chooseLanguage(languages, chosen, read)).toBe(language);
	});

	it.each([
		['reads English, too', ['zh-TW', 'en-US'], 'en'],
		['reads no other one', ['zh-TW'], 'zh-Hans'],
		['names Chinese without a country, too', ['zh-HK', 'zh', 'en'], 'zh-Hans'],
	] as const)('for somebody who reads the other Chinese script and %s', (_, read, language) => {
		expect(chooseLanguage(languages, null, read)).toBe(language);
	});

	it.each([
		['nothing is known', null, [], 'en'],
		['none of them is on offer', null, ['ko-KR', 'tlh'], 'en'],
		['what was chosen is no language', 'klingon', ['de'], 'de'],
		['what was chosen is a number', 7, ['de'], 'de'],
		['what was chosen is not on offer', 'pt', ['ja'], 'ja'],
		['one is no language', null, ['*', 'de'], 'de'],
		['one is empty', null, ['', 'de'], 'de'],
		['one is written with an underline', null, ['de_AT', 'fr'], 'fr'],
		['one is a word', null, ['C', 'POSIX', 'x-private', 'es'], 'es'],
		['none is a language', null, ['*', '', '-', 'und'], 'en'],
	] as const)('where %s', (_, chosen, read, language) => {
		expect(chooseLanguage(languages, chosen, read)).toBe(language);
	});

	it('is called by its own name', () => {
		expect(languages.map(languageName)).toEqual([
			'English',
			'Deutsch',
			'Español',
			'Français',
			'Português (Brasil)',
			'العربية',
			'日本語',
			'简体中文',
		]);
	});
});

describe('dates and numbers', () => {
	afterEach(() => {
		readLanguageFrom(() => sourceLanguage);
		vi.unstubAllGlobals();
	});

	it.each([
		['en', ['en'], 'en-GB'],
		['en', ['en-US', 'en'], 'en-US'],
		['de', ['en', 'de-AT'], 'de-AT'],
		['pt-BR', ['pt-PT', 'en'], 'pt-PT'],
		['zh-Hans', ['zh-CN', 'en'], 'zh-CN'],
		['zh-Hans', ['zh-TW', 'en'], 'zh-Hans'],
		['ar', ['ar-EG', 'en'], 'ar-EG'],
		['fr', ['*', ''], 'fr'],
	] as const)('in %s for somebody who reads %j are those of %s', (language, read, region) => {
		readLanguageFrom(() => language);
		vi.stubGlobal('navigator', { languages: read });
		expect(regionalLanguage()).toBe(`${region}-u-nu-latn`);
	});

	it('have one kind of digits, for codes and addresses have them, too', () => {
		readLanguageFrom(() => 'ar');
		vi.stubGlobal('navigator', { languages: ['ar-EG'] });
		expect(new Intl.NumberFormat(regionalLanguage()).format(12)).toBe('12');
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
		['src/lib/features/account/ui/AccountLink.svelte', 'site'],
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
		expect(plural(3, 'the only one: #', {}, () => 0)).toBe('the only one: 3');
	});

	it.each([
		['de', [1, 0, 2, 1_000_000], [0, 1, 1, 1]],
		['fr', [0, 1, 2], [0, 0, 2]],
		['ja', [0, 1, 2], [0, 0, 0]],
		['ar', [0, 1, 2, 3, 10, 11, 99, 100, 103], [0, 1, 2, 3, 3, 4, 4, 5, 3]],
	] as const)(
		'of %s for %j are %j, in the order zero, one, two, few, many, other',
		(language, counts, forms) => {
			expect(counts.map((count) => pluralForm(language, count))).toEqual(forms);
		},
	);

	it.each([
		['de', 2],
		['fr', 2],
		['pt-BR', 2],
		['ja', 1],
		['zh-Hans', 1],
		['ar', 6],
		['pl', 3],
	] as const)('are in catalogues of %s: %i', (language, forms) => {
		expect(pluralFormsOf(language)).toBe(forms);
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
