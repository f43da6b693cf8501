import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { minifySync } from 'vite';
import type { Area } from '../src/lib/language/areas.ts';
import { holdEarlyPresses, listening } from '../src/lib/browser/earlyPresses.ts';
import { chooseLanguage, startLanguage } from '../src/lib/language/choice.ts';
import {
	languages,
	rightToLeft,
	sourceLanguage,
	type Language,
} from '../src/lib/language/languages.ts';
import { showTheme, startTheme } from '../src/lib/preferences/theme.ts';
import { refuseDrops } from '../src/lib/browser/refuseDrops.ts';
import { sayStartFailure, type StartFailureWords } from '../src/lib/browser/startFailure.ts';
import { closure, type Manifest } from './bundleSizes.ts';
import { catalogueKey } from './catalogues.ts';
import { siteBase } from './siteBase.ts';

/** They stand here because the catalogues may be among what does not come. */
const startFailureWords: Record<Language, StartFailureWords> = {
	en: { problem: "The page didn't load. Check your connection.", again: 'Reload' },
	de: { problem: 'Die Seite wurde nicht geladen. Prüfe deine Verbindung.', again: 'Neu laden' },
	es: { problem: 'La página no se ha cargado. Comprueba tu conexión.', again: 'Recargar' },
	fr: { problem: 'La page ne s’est pas chargée. Vérifiez votre connexion.', again: 'Actualiser' },
	'pt-BR': { problem: 'A página não carregou. Verifique sua conexão.', again: 'Recarregar' },
	ar: { problem: 'لم يتم تحميل الصفحة. تحقق من اتصالك.', again: 'إعادة التحميل' },
	ja: { problem: 'ページを読み込めませんでした。接続を確認してください。', again: '再読み込み' },
	'zh-Hans': { problem: '页面未能加载。请检查网络连接。', again: '重新加载' },
};

/**
 * The script that stands first in every page, see `startTheme`, `holdEarlyPresses`, `refuseDrops`, `sayStartFailure`
 * and `startLanguage`.
 */
function startScript(manifest: Manifest): string {
	const files: Record<string, Record<Exclude<Area, 'demo'>, string[]>> = {};
	for (const language of languages.filter((other) => other !== sourceLanguage)) {
		const addresses = (area: Area): string[] =>
			[...closure(manifest, [catalogueKey(language, area)], false)].map(
				(key) => `${siteBase}/${manifest[key]?.file ?? ''}`,
			);
		files[language] = { site: addresses('site'), rooms: addresses('rooms') };
	}
	// The values stay as they are: only the code around them is made small.
	const values = {
		LISTENING: JSON.stringify(listening),
		WORDS: JSON.stringify(startFailureWords),
		LANGUAGES: [languages, files, rightToLeft].map((value) => JSON.stringify(value)).join(', '),
	};
	const { code } = minifySync(
		'start.js',
		`${showTheme.toString()}
		(${startTheme.toString()})();
		(${holdEarlyPresses.toString()})(LISTENING);
		(${refuseDrops.toString()})();
		(${sayStartFailure.toString()})(LISTENING, WORDS);
		${chooseLanguage.toString()}
		(${startLanguage.toString()})(LANGUAGES);`,
	);
	return code.replaceAll(
		/LISTENING|WORDS|LANGUAGES/g,
		(name) => values[name as keyof typeof values],
	);
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
