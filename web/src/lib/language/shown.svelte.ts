import type { CompiledElement } from 'wuchale';
import toRuntime, { type Runtime } from 'wuchale/runtime';
import { catalogues, type Catalogue } from 'virtual:catalogues';
import { loadPart } from '../browser/loadPart.ts';
import type { Area } from './areas.ts';
import { readLanguageFrom } from './current.ts';
import { pluralForm } from './pluralForms.ts';
import { directionOf, sourceLanguage, type Language } from './languages.ts';

type Shown = {
	readonly language: Language;
	/** Texts by the short name of the file they stand in; what is not here is shown in English. */
	readonly texts: Catalogue;
	readonly areas: ReadonlySet<Area>;
};

let shown = $state.raw<Shown>({ language: sourceLanguage, texts: {}, areas: new Set() });
readLanguageFrom(() => shown.language);

const pluralRule = (count: number): number => pluralForm(shown.language, count);

const runtimes = new Map<string, Runtime>();

/**
 * What the code of one file looks its texts up in. It always answers in the language shown now.
 *
 * @param source the file's texts in English
 */
export function getRuntime(id: string, source: CompiledElement[]): Runtime {
	let runtime = runtimes.get(id);
	if (!runtime) {
		runtime = toRuntime({
			get c() {
				return shown.texts[id] ?? source;
			},
			p: pluralRule,
		});
		runtimes.set(id, runtime);
	}
	return runtime;
}

/**
 * Shows a language once its texts are there. Later calls win over earlier ones.
 *
 * @param areas those that are needed now, beside those shown already
 * @throws when they cannot be loaded; then what was shown before stays
 */
export async function showLanguage(language: Language, areas: readonly Area[]): Promise<void> {
	const wanted = new Set([...shown.areas, ...areas]);
	if (language === shown.language && areas.every((area) => shown.areas.has(area))) return;
	const call = ++calls;
	const load = language === sourceLanguage ? undefined : catalogues[language];
	const loaded = load ? await Promise.all([...wanted].map((area) => loadPart(load[area]))) : [];
	if (call !== calls) return;
	const texts = Object.assign({}, ...loaded.map((module) => module.default)) as Catalogue;
	shown = { language, texts, areas: wanted };
	showInDocument(language);
}
let calls = 0;

/** Says in the document which language it is in, and which way that runs. */
export function showInDocument(language: Language): void {
	document.documentElement.lang = language;
	document.documentElement.dir = directionOf(language);
}
