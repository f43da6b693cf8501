import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';

const inProject = (path: string) => join(import.meta.dirname, '../..', path);

const layers = v.parse(
	v.object({
		folders: v.array(
			v.object({ folder: v.string(), holds: v.string(), imports: v.array(v.string()) }),
		),
		packages: v.array(v.object({ package: v.string(), folders: v.array(v.string()) })),
	}),
	JSON.parse(readFileSync(inProject('docs/layers.json'), 'utf8')),
);

const named = (names: readonly string[]) => names.map((name) => `\`${name}/\``).join(', ');

/** The rows of the table, each import without what every folder may import. */
const table = [
	'| folder | holds | may import, besides `shared/` |',
	'|---|---|---|',
	...layers.folders.map(
		({ folder, holds, imports }) =>
			`| \`${folder}/\` | ${holds} | ${named(imports) || 'nothing'} |`,
	),
	'',
	'| package | only in |',
	'|---|---|',
	...layers.packages.map(({ package: name, folders }) => `| \`${name}\` | ${named(folders)} |`),
].join('\n');

it('the table of folders in docs/architecture.md is that of docs/layers.json', async () => {
	const page = inProject('docs/architecture.md');
	const text = readFileSync(page, 'utf8');
	const [begin, end] = ['<!-- docs/layers.json begins -->\n', '\n<!-- docs/layers.json ends -->'];
	const [before, rest] = text.split(begin);
	const [, after] = (rest ?? '').split(end);
	expect(after).toBeDefined();
	await expect(`${before}${begin}${table}${end}${after}`).toMatchFileSnapshot(page);
});

/** Of these folders, the one in whose row a file stands. */
const folderOf = (file: string) =>
	layers.folders
		.map(({ folder }) => folder)
		.filter((folder) => file.startsWith(`${folder}/`))
		.toSorted((a, b) => b.length - a.length)[0];

it('imports of types in components keep to the table, which the check of imports cannot see', () => {
	const components = readdirSync(inProject('web/src'), { recursive: true, encoding: 'utf8' })
		.filter((path) => path.endsWith('.svelte'))
		.map((path) => `web/src/${path}`);
	const wrong = components.flatMap((file) => {
		const own = folderOf(file);
		const row = layers.folders.find(({ folder }) => folder === own);
		const sources = [
			...readFileSync(inProject(file), 'utf8').matchAll(
				/^\s*import\b[^;]*?\sfrom '([#.][^']+)';/gm,
			),
		].map(([, source]) => source ?? '');
		return sources
			.map((source) =>
				source.startsWith('#lib/')
					? `web/src/lib/${source.slice(5)}`
					: source.startsWith('#shared/')
						? `shared/${source.slice(8)}`
						: relative(inProject(''), resolve(inProject(dirname(file)), source)),
			)
			.filter((target) => !target.startsWith('shared/') && folderOf(target) !== own)
			.filter((target) => !row?.imports.some((folder) => target.startsWith(`${folder}/`)))
			.map((target) => `${file} imports ${target}`);
	});
	expect(components.length).toBeGreaterThan(100);
	expect(wrong).toEqual([]);
});
