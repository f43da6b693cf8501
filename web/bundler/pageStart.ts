import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Area } from '../src/lib/language/areas.ts';
import { holdEarlyPresses, listening } from '../src/lib/earlyPresses.ts';
import { chooseLanguage, startLanguage } from '../src/lib/language/choice.ts';
import { languages, sourceLanguage, type Language } from '../src/lib/language/languages.ts';
import { sayStartFailure, type StartFailureWords } from '../src/lib/startFailure.ts';
import { closure, type Manifest } from './bundleSizes.ts';
import { catalogueKey } from './catalogues.ts';

/** They stand here because the catalogues may be among what does not come. */
const startFailureWords: Record<Language, StartFailureWords> = {
	en: { problem: "The page didn't load. Check the connection.", again: 'Load again' },
	de: { problem: 'Die Seite wurde nicht geladen. Prüfe die Verbindung.', again: 'Neu laden' },
	es: { problem: 'La página no se ha cargado. Comprueba la conexión.', again: 'Volver a cargar' },
};

/** The script that stands first in every page, see `holdEarlyPresses`, `sayStartFailure` and `startLanguage`. */
function startScript(manifest: Manifest): string {
	const files: Record<string, Record<Exclude<Area, 'demo'>, string[]>> = {};
	for (const language of languages.filter((other) => other !== sourceLanguage)) {
		const addresses = (area: Area): string[] =>
			[...closure(manifest, [catalogueKey(language, area)], false)].map(
				(key) => `/${manifest[key]?.file ?? ''}`,
			);
		files[language] = { site: addresses('site'), rooms: addresses('rooms') };
	}
	const values = [languages, files].map((value) => JSON.stringify(value)).join(', ');
	const presses = `(${holdEarlyPresses.toString()})(${JSON.stringify(listening)});`;
	const failure = `(${sayStartFailure.toString()})(${JSON.stringify(listening)}, ${JSON.stringify(startFailureWords)});`;
	return `${presses}\n${failure}\n${chooseLanguage.toString()}\n(${startLanguage.toString()})(${values});`;
}

/**
 * Puts it into every page of a built site. Like all inline scripts it becomes a file afterwards.
 *
 * @throws when a page has no place for it
 */
export function addPageStart(folder: string, manifest: Manifest): void {
	const script = `<script>${startScript(manifest)}</script>`;
	const place = '<meta charset="utf-8" />';
	const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	for (const page of pages.filter((name) => name.endsWith('.html'))) {
		const path = join(folder, page);
		const html = readFileSync(path, 'utf8');
		if (!html.includes(place)) throw new Error(`${page} has no ${place}`);
		writeFileSync(
			path,
			html.replace(place, () => `${place}\n\t\t${script}`),
		);
	}
}
