/** The languages that the pages speak, as BCP 47 names them. The first is the one that the code is written in. */
export const languages = ['en', 'de', 'es'] as const;

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

/** Which way its script runs. */
export function directionOf(language: string): 'ltr' | 'rtl' {
	return ['ar', 'fa', 'he', 'ur'].includes(language) ? 'rtl' : 'ltr';
}
