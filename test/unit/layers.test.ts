import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
