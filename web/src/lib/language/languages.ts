/**
 * The languages that the pages speak, as BCP 47 names them. The first is the one that the code is written in. Menus show
 * them in this order: by their own names, first Latin letters, then other scripts.
 */
export const languages = ['en', 'de', 'es', 'fr', 'pt-BR', 'ar', 'ja', 'zh-Hans'] as const;

export type Language = (typeof languages)[number];

/** The language of the texts in the code; its catalogue is part of the code. */
export const sourceLanguage: Language = languages[0];

export function isLanguage(code: string | null | undefined): code is Language {
	return languages.some((language) => language === code);
}

/** What a language calls itself. */
export function languageName(language: Language): string {
	const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
	return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The languages whose script runs from right to left. */
export const rightToLeft: readonly Language[] = ['ar'];

/** Which way the script of a language runs. */
export function directionOf(language: Language): 'ltr' | 'rtl' {
	return rightToLeft.includes(language) ? 'rtl' : 'ltr';
}

/** A language with the script that it is written in, such as `zh-Hant` for `zh-TW`; nothing for a code that is no language. */
export function withScript(code: string): string | undefined {
	try {
		const { language, script } = new Intl.Locale(code).maximize();
		return `${language}-${script}`;
	} catch {
		return undefined;
	}
}
