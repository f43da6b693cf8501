import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Area } from './areas.ts';
import { chooseLanguage } from './choice.ts';
import { currentLanguage, readLanguages } from './current.ts';
import { languages, type Language } from './languages.ts';
import { showInDocument, showLanguage } from './shown.svelte.ts';

/** Shows the language of whoever sits here; what was shown before stays where that does not load. */
export async function showOwnLanguage(areas: readonly Area[]): Promise<void> {
	const own = chooseLanguage(languages, recallPreferences().language, readLanguages());
	try {
		await showLanguage(own, areas);
	} catch {
		// The first script of the page has promised another one.
		showInDocument(currentLanguage());
	}
}

/**
 * Changes the language, here and for the next time.
 *
 * @throws when it cannot be loaded; then nothing changes
 */
export async function changeLanguage(language: Language): Promise<void> {
	await showLanguage(language, []);
	rememberPreferences({ language });
}
