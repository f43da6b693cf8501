import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adapter as componentAdapter } from '@wuchale/svelte';
import {
	defaultConfig,
	defaultPluralRule,
	Hub,
	pofile,
	type Adapter,
	type Config,
	type FS,
	type Item,
	type LoadData,
} from 'wuchale';
import { adapter as scriptAdapter } from 'wuchale/adapter-vanilla';
import { languages, sourceLanguage } from '../src/lib/language/languages.ts';
import { readableText } from './readableText.ts';

/** The folder of the front end. */
export const webFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
const localesFolder = 'src/locales';
/** What is made of the catalogues: modules, one for each source file and language. */
const madeFolder = join(webFolder, localesFolder, '.wuchale');
const adapterName = 'main';
/** What both sides say to people; the server says it in English. */
const sharedFiles = ['errors', 'text', 'userName', 'account'].map((name) => `../shared/${name}.ts`);

/** Source files, relative to the front end, by the short name under which their texts are loaded. */
export type Sources = Map<string, string>;

/** What becomes of a catalogue that the code asks to be different: its path and its new content. */
type Save = (path: string, content: string) => void | Promise<void>;

/** The module with the texts of one source file in one language. */
export function textsFile(id: string, language: string): string {
	return join(madeFolder, `${adapterName}.${id}.${language}.compiled.js`);
}

/**
 * Finds the texts in the code, looks them up in the catalogues, and makes the modules that pages
 * load. The build, `npm run texts` and its check all go this way.
 *
 * @param options.mode `dev` makes modules anew when a source file changes
 * @param options.clean whether catalogues lose what the code does not say any more
 */
export async function extract(options: {
	mode: 'dev' | 'cli';
	clean?: boolean;
	save?: Save;
}): Promise<{ hub: Hub; sources: Sources }> {
	const sources: Sources = new Map();
	const files = fileSystem(options.save ?? (() => {}));
	const hub = await Hub.create(options.mode, () => configuration(sources), webFolder, 1000, files);
	await hub.directVisit(options.clean ?? false, false, false);
	return { hub, sources };
}

/**
 * Modules are written where they belong, catalogues handed over, and nothing else is touched. English
 * has no catalogue, because the code is one.
 */
function fileSystem(save: Save): FS {
	const read = async (path: string): Promise<string | null> =>
		existsSync(path) ? readFile(path, 'utf8') : null;
	return {
		read,
		async write(path, content) {
			if (path.endsWith(`${sep}${sourceLanguage}.po`)) return;
			if (path.endsWith('.po')) await save(path, headOf((await read(path)) ?? '') + content);
			else if (path.startsWith(madeFolder + sep) && (await read(path)) !== content)
				await writeFile(path, content);
		},
		async mkdir(path) {
			await mkdir(path, { recursive: true });
		},
		exists: existsSync,
		unlink: () => true,
	};
}

/** The comment at the beginning of a catalogue, which what is read of it does not hold: its translators' words. */
const headOf = (catalogue: string): string => /^(?:#.*\n)*/.exec(catalogue)?.[0] ?? '';

/** The catalogues on the disk. */
function catalogueFiles(save: Save) {
	return pofile()({
		locales: [...languages],
		root: webFolder,
		localesDir: localesFolder,
		haveUrl: false,
		sourceLocale: sourceLanguage,
		fs: fileSystem(save),
	});
}

/** All texts with their translations, as the catalogues have them now. */
export async function readCatalogues(): Promise<LoadData> {
	const catalogues = await catalogueFiles(() => {});
	return catalogues.load();
}

/**
 * Makes the catalogue of each language that has none: every text of the others, and no translation.
 *
 * @param exists whether there is a file at a path.
 */
export async function beginCatalogues(save: Save, exists = existsSync): Promise<void> {
	const fileOf = (language: string) => join(webFolder, localesFolder, `${language}.po`);
	const missing = languages
		.filter((language) => language !== sourceLanguage)
		.map(fileOf)
		.filter((file) => !exists(file));
	if (missing.length === 0) return;
	const { items, pluralRules } = await readCatalogues();
	const catalogues = await catalogueFiles((path, content) =>
		missing.includes(path) ? save(path, content) : undefined,
	);
	const rules = languages.map(
		(language) => [language, pluralRules?.get(language) ?? defaultPluralRule] as const,
	);
	await catalogues.save({ items, pluralRules: new Map(rules) });
}

function configuration(sources: Sources): Config {
	return {
		...defaultConfig,
		locales: [...languages],
		localesDir: localesFolder,
		adapters: { [adapterName]: adapter(sources) },
		ai: null,
		logLevel: 'error',
	};
}

/**
 * One adapter for components and scripts. Each file imports its English together with its code, so
 * that it is there at once; the loader looks other languages up once they have been loaded.
 */
function adapter(sources: Sources): Adapter {
	const shared = {
		heuristic: readableText,
		patterns: [{ name: 'plural', args: ['other', 'message', 'other', 'pluralFunc'] as const }].map(
			({ name, args }) => ({ name, args: [...args] }),
		),
		loader: 'custom',
	};
	const components = componentAdapter({
		...shared,
		// The runtime looks up live, so it is made once for a component and needs no rune.
		runtime: {
			initReactive: ({ funcName }) => (funcName === undefined ? false : null),
			useReactive: false,
		},
	});
	const scripts = scriptAdapter(shared);
	const idOf = (file: string): string => {
		const hash = createHash('sha256').update(file).digest('hex');
		const id = `t${BigInt(`0x${hash}`).toString(36).slice(0, 5)}`;
		const other = sources.get(id) ?? file;
		if (other !== file) throw new Error(`${file} and ${other} have the same short name ${id}`);
		sources.set(id, file);
		return id;
	};
	return {
		...components,
		files: {
			include: ['src/**/*.{svelte,ts}', ...sharedFiles],
			ignore: ['**/*.d.ts', 'src/service-worker/**'],
		},
		granularLoad: true,
		generateLoadID: idOf,
		storage: async (options) => {
			const catalogues = await pofile()(options);
			return {
				...catalogues,
				load: () => catalogues.load(),
				save: (data) => catalogues.save({ ...data, items: data.items.toSorted(inOrder) }),
			};
		},
		async transform(context) {
			const { transform } = context.filename.endsWith('.svelte') ? components : scripts;
			const withSource = (expression: string): string => expression.replace(/\)$/, ', _w_source_)');
			const { plain, reactive } = context.expr;
			const expr = { plain: withSource(plain), reactive: withSource(reactive) };
			const { msgs, output } = await transform({ ...context, expr });
			const english = textsFile(idOf(context.filename), sourceLanguage);
			const path = relative(dirname(join(webFolder, context.filename)), english);
			const source = `import { c as _w_source_ } from './${path.split(sep).join('/')}'`;
			return { msgs, output: (header) => output(`${header}\n${source}`) };
		},
	};
}

/** Catalogues are ordered by where a text stands first and by the text, whoever extracts them. */
function inOrder(one: Item, other: Item): number {
	const [a, b] = [one, other].map(
		({ references, translations }) =>
			`${references[0]?.file ?? ''}\n${translations.get(sourceLanguage)?.join('\n') ?? ''}`,
	);
	return (a ?? '') < (b ?? '') ? -1 : 1;
}
