import { sourceLanguage, type Language } from './languages.ts';

let read = (): Language => sourceLanguage;

/** The language that is shown now. Where it is shown by Svelte, what asks is computed anew when it changes. */
export const currentLanguage = (): Language => read();

/** Says where to ask for the language; whoever shows it does this once. */
export function readLanguageFrom(source: () => Language): void {
	read = source;
}

/**
 * How dates, numbers and lists are written: as where the person lives, if the language is theirs.
 * English without a country has the day before the month.
 */
export function regionalLanguage(): string {
	const language = currentLanguage();
	const wanted = typeof navigator === 'undefined' ? [] : (navigator.languages ?? []);
	const own = wanted.find((code) => code.split('-')[0] === language && code !== language);
	return own ?? (language === 'en' ? 'en-GB' : language);
}
