import { sourceLanguage, withScript, type Language } from './languages.ts';

let read = (): Language => sourceLanguage;

/** The language that is shown now. Where it is shown by Svelte, what asks is computed anew when it changes. */
export const currentLanguage = (): Language => read();

/** Says where to ask for the language; whoever shows it does this once. */
export function readLanguageFrom(source: () => Language): void {
	read = source;
}

/** The languages that the person reads, as their browser says it, the dearest first. */
export function readLanguages(): readonly string[] {
	if (typeof navigator === 'undefined') return [];
	return navigator.languages ?? [navigator.language];
}

/**
 * How dates, numbers and lists are written: as where the person lives, if the language is theirs.
 * English without a country has the day before the month. Digits are those of codes and addresses,
 * so that a page has one kind of them.
 */
export function regionalLanguage(): string {
	const language = currentLanguage();
	const own = readLanguages().find(
		(code) => code !== language && withScript(code) === withScript(language),
	);
	const regional = own ?? (language === 'en' ? 'en-GB' : language);
	return new Intl.Locale(regional, { numberingSystem: 'latn' }).toString();
}
