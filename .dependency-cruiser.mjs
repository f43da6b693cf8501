/** For dependency-cruiser: `docs/layers.json` says which folder may import which folder and which package. */

import { readFileSync } from 'node:fs';

const { folders, packages } = JSON.parse(
	readFileSync(new URL('./docs/layers.json', import.meta.url), 'utf8'),
);
const escaped = (path) => path.replaceAll(/[.+]/g, String.raw`\$&`);
const inside = (folder) => `^${escaped(folder)}/`;
/** The folders of the table that lie in this one: they have rows of their own. */
const below = (folder) =>
	folders.map((other) => other.folder).filter((other) => other.startsWith(`${folder}/`));

const layers = folders.map(({ folder, imports }) => ({
	name: `imports-of-${folder.replaceAll('/', '-')}`,
	comment: `${folder} may import shared, ${imports.join(', ') || 'and nothing else'}; see docs/layers.json.`,
	severity: 'error',
	from: { path: inside(folder), pathNot: below(folder).map(inside) },
	to: {
		path: '^(sfu|shared|web|test|setup)/',
		pathNot: [...(folder === 'shared' ? [] : ['^shared/']), ...imports.map(inside)].concat(
			below(folder).length === 0 ? inside(folder) : `${inside(folder)}[^/]+$`,
		),
	},
}));

const users = packages.map(({ package: name, folders: where }) => ({
	name: `package-${name.replaceAll(/[@/]/g, '-')}`,
	comment: `Only ${where.join(', ')} may import ${name}; see docs/layers.json.`,
	severity: 'error',
	from: { pathNot: where.map(inside) },
	to: { path: `(^|/)node_modules/${escaped(name)}/` },
}));

export default {
	forbidden: [
		{
			name: 'circle',
			comment: 'An import must not lead back to the file that it began in; imports of types count.',
			severity: 'error',
			from: {},
			to: { circular: true },
		},
		{
			name: 'not-listed',
			comment: 'The folder has no row in docs/layers.json.',
			severity: 'error',
			from: { pathNot: folders.map(({ folder }) => inside(folder)) },
			to: {},
		},
		...layers,
		...users,
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		doNotFollow: { path: 'node_modules' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['svelte', 'types', 'node', 'import'],
			extensions: ['.ts', '.js', '.mjs', '.svelte', '.json'],
		},
	},
};
