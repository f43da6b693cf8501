import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { areas, areaOf, type Area } from '../src/lib/language/areas.ts';
import { languages, sourceLanguage } from '../src/lib/language/languages.ts';
import { extract, textsFile, type Sources } from './extraction.ts';

/** What the pages import to load languages. */
const directory = 'virtual:catalogues';
const catalogue = 'virtual:catalogue/';

const hasTexts = (file: string): boolean =>
	existsSync(file) && !readFileSync(file, 'utf8').includes('export let c = []');

/** A module with all texts of an area in one language, by the short names of source files. */
function catalogueModule(sources: Sources, language: string, area: string): string {
	const ids = [...sources]
		.filter(([id, file]) => areaOf(file) === area && hasTexts(textsFile(id, language)))
		.map(([id]) => id)
		.sort();
	const imports = ids.map((id) => {
		const path = JSON.stringify(textsFile(id, language));
		return `import { c as ${id} } from ${path};`;
	});
	return [...imports, `export default { ${ids.join(', ')} };`].join('\n');
}

/** A module that says how each area of each language is loaded. English comes with the code. */
function directoryModule(): string {
	const loads = (language: string): string =>
		areas.map((area) => `${area}: () => import('${catalogue}${language}/${area}')`).join(', ');
	const others = languages.filter((language) => language !== sourceLanguage);
	const entries = others.map((language) => `'${language}': { ${loads(language)} }`);
	return `export const catalogues = { ${entries.join(', ')} };`;
}

/** The name of a catalogue in Vite's manifest. */
export const catalogueKey = (language: string, area: Area): string =>
	`${catalogue}${language}/${area}`;

/**
 * Replaces the texts in the code by look-ups, and gives the pages one chunk for each language and
 * area. Catalogues are only read: `npm run texts` writes them. A text that has no translation yet
 * is shown in English.
 */
export function messageCatalogues(): Plugin {
	let extraction: ReturnType<typeof extract> | undefined;
	return {
		name: 'parley-catalogues',
		enforce: 'pre',
		async configResolved(config) {
			extraction ??= extract({ mode: config.command === 'serve' ? 'dev' : 'cli' });
			await extraction;
		},
		resolveId(id) {
			return id === directory || id.startsWith(catalogue) ? `\0${id}` : undefined;
		},
		async load(id) {
			if (id === `\0${directory}`) return directoryModule();
			if (!id.startsWith(`\0${catalogue}`) || !extraction) return undefined;
			const [language = '', area = ''] = id.slice(catalogue.length + 1).split('/');
			return catalogueModule((await extraction).sources, language, area);
		},
		transform: {
			order: 'pre',
			async handler(code, id) {
				if (!extraction || id.includes('?') || id.includes('/node_modules/')) return null;
				const [output] = await (await extraction).hub.transform(code, id);
				return output.code === undefined ? null : { code: output.code, map: output.map };
			},
		},
		async handleHotUpdate({ file, read, server }) {
			if (!extraction || !file.endsWith('.po')) return;
			await (await extraction).hub.onFileChange(file, read);
			server.ws.send({ type: 'full-reload' });
		},
	};
}
