import { afterEach, expect, test, vi } from 'vitest';
import { repairLanguage } from '#lib/design/plots/plotLanguage.ts';
import { chooseLanguage } from '#lib/language/choice.ts';
import { regionalLanguage } from '#lib/language/current.ts';

afterEach(() => vi.unstubAllGlobals());

test.each(['en-US@posix', 'c', 'de_DE', ''])(
	'B-13: where the browser says "%s", which is no language, the page falls back to English',
	(code) => {
		vi.stubGlobal('navigator', { language: code, languages: [code] });
		expect(chooseLanguage(['en', 'de'], undefined, [code])).toBe('en');
		expect(new Intl.NumberFormat(regionalLanguage()).format(1)).toBe('1');
		repairLanguage();
		expect(new Intl.NumberFormat(navigator.language).format(1)).toBe('1');
	},
);

test('a language of the browser stays what it is', () => {
	vi.stubGlobal('navigator', { language: 'de-AT', languages: ['de-AT'] });
	repairLanguage();
	expect(navigator.language).toBe('de-AT');
});
