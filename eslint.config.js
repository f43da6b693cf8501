import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/**
 * The ways in which an import may name a folder. Patterns are those of .gitignore, in which a bare
 * `#` begins a comment.
 *
 * @param {string[]} names
 */
const folder = (...names) => names.flatMap((name) => [`\\#${name}/**`, `**/${name}/**`]);

/**
 * What files of a part must not import. Imports only point downwards in the house, so each part
 * names what lies above it or beside it.
 *
 * @param {string[]} files
 * @param {{ group: string[], message: string }[]} patterns
 * @returns {import('eslint').Linter.Config}
 */
const layer = (files, patterns) => ({
	files,
	rules: { 'no-restricted-imports': ['error', { patterns }] },
});

const noServer = { group: folder('sfu'), message: 'Only the server may know the server.' };
const noWeb = { group: folder('web', 'lib'), message: 'Only the pages may know the pages.' };
const noSetup = { group: ['**/setup/**'], message: 'Nothing that runs later knows the set-up.' };
const noTests = { group: ['**/test/**'], message: 'Nothing knows its tests.' };
const noMediasoup = {
	group: ['mediasoup', 'mediasoup/**', '!mediasoup-client'],
	message: 'Only sfu/media knows mediasoup.',
};
const noSockets = {
	group: ['socket.io', 'socket.io/**'],
	message: 'Only sfu/signalling knows sockets.',
};
const noSignalling = {
	group: ['**/signalling/**'],
	message: 'Signalling lies above: it calls down, nobody calls it.',
};
const noMedia = {
	group: ['**/media/**'],
	message: 'Who is in a room has nothing to do with how media gets there.',
};
const noHttp = { group: ['**/http/**'], message: 'HTTP lies above.' };
const noChat = { group: ['**/chat/**'], message: 'Chat lies above what it is kept in.' };
const noStore = { group: ['**/store/**'], message: 'Media keeps nothing.' };
const noRooms = { group: ['**/rooms/**'], message: 'Rooms lie above media.' };
const noSvelte = {
	group: [
		'svelte',
		'svelte/**',
		'@sveltejs/**',
		'$app/**',
		'*.svelte',
		'**/*.svelte',
		'**/*.svelte.ts',
	],
	message: 'The call engine is plain TypeScript.',
};
const noInterface = {
	group: ['**/components/**', '**/state/**', '**/layout/**', '**/routes/**', '**/style/**'],
	message: 'The call engine knows no interface.',
};

const base = [noTests, noSetup];
const server = [...base, noWeb];
const web = [...base, noServer, noMediasoup, noSockets];

/**
 * The house style where no plugin has a rule of its own.
 *
 * @type {import('eslint').Linter.RulesRecord}
 */
const style = {
	'no-restricted-syntax': [
		'error',
		{
			selector: 'TSAsExpression > TSAsExpression > TSUnknownKeyword.typeAnnotation',
			message: 'A cast by way of unknown hides a lie: parse, narrow, or fix the type.',
		},
	],
	'@typescript-eslint/no-explicit-any': 'error',
	'@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
	'@typescript-eslint/no-unused-vars': [
		'error',
		{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
	],
	// What people send may be long: no expression may take more than a time that grows with it.
	'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
	'regexp/no-super-linear-move': ['error', { report: 'potential' }],
	eqeqeq: ['error', 'always'],
	'no-constant-condition': 'error',
	'no-dupe-else-if': 'error',
	'no-empty': 'error',
	'no-empty-pattern': 'error',
	'no-irregular-whitespace': 'error',
	'no-loss-of-precision': 'error',
	'no-misleading-character-class': 'error',
	'no-self-assign': 'error',
	'no-self-compare': 'error',
	'no-sparse-arrays': 'error',
	'no-unmodified-loop-condition': 'error',
	'no-unsafe-finally': 'error',
	'no-unsafe-optional-chaining': 'error',
	'no-useless-escape': 'error',
	'no-var': 'error',
	'prefer-const': 'error',
	'use-isnan': 'error',
	'no-console': 'error',
};

/**
 * Rules that need types.
 *
 * @type {import('eslint').Linter.RulesRecord}
 */
const typed = {
	'@typescript-eslint/await-thenable': 'error',
	'@typescript-eslint/no-floating-promises': 'error',
	'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
	'@typescript-eslint/only-throw-error': 'error',
	'@typescript-eslint/switch-exhaustiveness-check': [
		'error',
		{ considerDefaultExhaustiveForUnions: true },
	],
};

export default defineConfig(
	globalIgnores([
		'web/build/',
		'web/.build-*/',
		'web/.svelte-kit/',
		'web/src/locales/.wuchale/',
		'web/node_modules/',
		'setup/worker/',
		'.cache/',
		'data/',
		'artifacts/',
		'test-results/',
	]),
	ts.configs.recommended,
	svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.node } },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		plugins: { regexp },
		rules: style,
	},
	{
		files: ['web/src/**'],
		languageOptions: { globals: { ...globals.browser } },
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: {
			parserOptions: {
				parser: ts.parser,
				extraFileExtensions: ['.svelte'],
				project: 'web/tsconfig.json',
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			...typed,
			'prefer-const': 'off',
			'svelte/prefer-const': ['error', { excludedRunes: ['$props', '$derived', '$state'] }],
			// Most maps and sets are not shown, and need not be watched.
			'svelte/prefer-svelte-reactivity': 'off',
		},
	},
	{
		files: ['shared/**/*.ts', 'sfu/**/*.ts', 'test/**/*.ts', 'setup/**/*.mjs', '*.config.js'],
		ignores: ['test/unit/web/**'],
		languageOptions: {
			parserOptions: { project: 'tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: typed,
	},
	{
		files: [
			'web/src/**/*.ts',
			'web/bundler/**/*.ts',
			'web/vite.config.ts',
			'test/unit/web/**/*.ts',
		],
		ignores: ['**/*.svelte.ts'],
		languageOptions: {
			parserOptions: { project: 'web/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: typed,
	},
	{
		files: ['sfu/**', 'shared/**', 'web/src/**', 'web/bundler/**', 'setup/**'],
		rules: { 'max-lines': ['warn', { max: 400 }] },
	},
	{
		// Programs that talk to whoever started them.
		files: ['setup/**', 'test/**', 'sfu/main.ts', '.ci/**'],
		rules: { 'no-console': 'off' },
	},
	{
		// Tests read texts of their own, whose length they know.
		files: ['test/**'],
		rules: {
			'regexp/no-super-linear-backtracking': 'off',
			'regexp/no-super-linear-move': 'off',
		},
	},
	{
		files: ['test/support/**'],
		rules: { 'no-restricted-syntax': 'off' },
	},

	layer(
		['shared/**'],
		[...base, noServer, noWeb, noMediasoup, noSockets, noSvelte].map((rule) => ({
			...rule,
			message: `${rule.message} What both sides agree on imports nothing of ours.`,
		})),
	),
	layer(['sfu/**'], [...server, noMediasoup, noSockets]),
	layer(['sfu/main.ts', 'sfu/app.ts'], server),
	layer(['sfu/signalling/**'], [...server, noMediasoup, noHttp]),
	layer(['sfu/http/**'], [...server, noMediasoup, noSockets, noSignalling]),
	layer(['sfu/rooms/**'], [...server, noMediasoup, noSockets, noSignalling, noHttp, noMedia]),
	layer(['sfu/matching/**'], [...server, noMediasoup, noSockets, noSignalling, noHttp, noMedia]),
	layer(['sfu/people/**'], [...server, noMediasoup, noSockets, noSignalling, noHttp, noMedia]),
	layer(['sfu/media/**'], [...server, noSockets, noSignalling, noHttp, noRooms, noChat, noStore]),
	layer(
		['sfu/chat/**', 'sfu/files/**'],
		[...server, noMediasoup, noSockets, noSignalling, noHttp, noMedia, noRooms],
	),
	layer(
		['sfu/store/**'],
		[...server, noMediasoup, noSockets, noSignalling, noHttp, noMedia, noRooms, noChat],
	),
	layer(['web/**'], web),
	layer(
		['web/src/lib/call/**', 'web/src/lib/chat/**', 'web/src/lib/match/**'],
		[...web, noSvelte, noInterface],
	),
	layer(
		['web/src/lib/layout/**'],
		[...web, noSvelte, { group: ['**/call/**', '**/state/**'], message: 'Layout only computes.' }],
	),
	layer(
		['web/src/lib/state/**'],
		[
			...web,
			{ group: ['**/components/**', '**/routes/**'], message: 'State lies below the pages.' },
		],
	),
	layer(
		['web/src/lib/components/**'],
		[
			...web,
			{
				group: ['**/call/*', '!**/call/*odel.ts', '!./*', '!**/components/call/*', '!./call/*'],
				message: 'Components know the state; of the engine they know only its model.',
			},
			{
				group: ['\\#lib/chat/**', '**/lib/chat/**'],
				message: 'Components know the state of the chat, not its engine.',
			},
			{ group: ['**/routes/**'], message: 'Pages use components.' },
		],
	),
);
