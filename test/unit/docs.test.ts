import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
/** What is installed, built or kept, and is no part of the repository. */
const foreign = new Set([
	'node_modules',
	'.git',
	'.cache',
	'artifacts',
	'build',
	'data',
	'test-results',
]);

function pagesIn(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return foreign.has(entry.name) ? [] : pagesIn(path);
		return entry.name.endsWith('.md') ? [relative(root, path)] : [];
	});
}

const pages = pagesIn(root);
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
/** Without blocks and spans of code, which hold examples. */
const prose = (page: string) =>
	textOf(page)
		.replaceAll(/^( *)```.*?^\1```/gms, '')
		.replaceAll(/`[^`\n]*`/g, '');

/** The relative links of a page: the file that each leads to, and the heading in it. */
const linksOf = (page: string) =>
	[...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, address = '']) => address)
		.filter((address) => !/^[a-z]+:/.test(address))
		.map((address) => {
			const [path = '', heading = ''] = address.split('#');
			return { address, file: path ? join(dirname(page), path) : page, heading };
		});

/** What forges make of a heading, for links to it. */
const headingsOf = (page: string) =>
	[
		...textOf(page)
			.replaceAll(/^```.*?^```/gms, '')
			.matchAll(/^#+ (.*)$/gm),
	].map(([, title = '']) =>
		title
			.toLowerCase()
			.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
			.trim()
			.replaceAll(/\s/g, '-'),
	);

test.each(pages)('every relative link in %s leads to a file and a heading that exist', (page) => {
	for (const { address, file, heading } of linksOf(page)) {
		expect(existsSync(join(root, file)), address).toBe(true);
		if (heading) expect(headingsOf(file), address).toContain(heading);
	}
});

/** Files of the repository that a page names in code, such as `shared/limits.ts`. */
const namedIn = (page: string) =>
	[
		...textOf(page).matchAll(
			/`((?:docs|setup|sfu|shared|test|web)\/[\w./-]+\.(?:json|md|mjs|svelte|ts|yaml))`/g,
		),
	].map(([, file = '']) => file);

test.each(pages)('every file that %s names in full exists', (page) => {
	for (const file of namedIn(page)) expect(existsSync(join(root, file)), file).toBe(true);
});

/** Folders of the repository that a page names in code, such as `web/src/lib/connection/`. */
const foldersIn = (page: string) =>
	[...textOf(page).matchAll(/`((?:docs|setup|sfu|shared|test|web)\/(?:[\w.-]+\/)+)`/g)].map(
		([, folder = '']) => folder,
	);

test.each(pages)('every folder that %s names exists', (page) => {
	for (const folder of foldersIn(page)) expect(existsSync(join(root, folder)), folder).toBe(true);
});

test.each(['docs/architecture.md', 'docs/glossary.md', 'CONTRIBUTING.md'])(
	'%s names files by their whole paths',
	(page) => {
		const short = [...textOf(page).matchAll(/`([a-z]\w*\/[\w/.]+\.(?:ts|svelte))`/g)];
		for (const [, file = ''] of short) expect(existsSync(join(root, file)), file).toBe(true);
	},
);

test('docs/README.md leads to every page once', () => {
	const index = linksOf('docs/README.md').map(({ file }) => file);
	const listed = pages.filter((page) => page !== 'docs/README.md' && !page.startsWith('.github/'));
	expect(index.filter((file) => file.endsWith('.md')).sort()).toEqual(listed.sort());
});

test('the links of many pages were found', () => {
	expect(pages.length).toBeGreaterThan(15);
	expect(pages.flatMap(linksOf).length).toBeGreaterThan(60);
});

test('every command that a page names is one of package.json', () => {
	const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
		scripts: Record<string, string>;
	};
	const named = pages.flatMap((page) =>
		[...textOf(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => ({ page, name })),
	);
	expect(named.length).toBeGreaterThan(20);
	expect(named.filter(({ name }) => !Object.hasOwn(scripts, name))).toEqual([]);
});
