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
	message: 'An engine is plain TypeScript.',
};
const noInterface = {
	group: ['**/ui/**', '**/state/**', '**/layout/**', '**/design/**', '**/routes/**'],
	message: 'An engine knows no interface.',
};

const base = [noTests, noSetup];
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
		ignores: ['**/*.svelte.ts', 'web/src/service-worker/**'],
		languageOptions: {
			parserOptions: { project: 'web/tsconfig.json', tsconfigRootDir: import.meta.dirname },
		},
		rules: typed,
	},
	{
		files: ['web/src/service-worker/*.ts'],
		languageOptions: {
			globals: { ...globals.serviceworker },
			parserOptions: {
				project: 'web/src/service-worker/tsconfig.json',
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: typed,
	},
	{
		files: ['sfu/**', 'shared/**', 'web/src/**', 'web/bundler/**', 'setup/**'],
		rules: {
			'max-lines': ['warn', { max: 400 }],
			complexity: ['error', { max: 21, variant: 'modified' }],
			'max-depth': ['error', 4],
		},
	},
	{
		files: ['sfu/**', 'shared/**'],
		rules: { complexity: ['error', { max: 15, variant: 'modified' }] },
	},
	{
		files: ['sfu/**', 'shared/**', 'web/src/**', 'web/bundler/**'],
		rules: { 'max-depth': ['error', 3] },
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

	layer(['web/**'], web),
	layer(
		['web/src/lib/connection/**', 'web/src/lib/features/*/engine/**'],
		[...web, noSvelte, noInterface],
	),
	layer(
		['web/src/lib/connection/**'],
		[
			...web,
			...[noSvelte, noInterface],
			{
				group: ['**/call/**', '**/chat/**', '**/match/**', '**/demo/**'],
				message: 'The connection lies below what is done with it.',
			},
		],
	),
	layer(
		['web/src/lib/layout/**'],
		[
			...web,
			noSvelte,
			{ group: ['\\#lib/features/**', '**/features/**'], message: 'Layout only computes.' },
		],
	),
);
