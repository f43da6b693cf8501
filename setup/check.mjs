/**
 * `npm run check`: format, lint, types and unused code. Runs all of them, several at
 * a time, and says which failed.
 */

import { availableParallelism } from 'node:os';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runQuietly } from './run.mjs';
import { runCommand } from './say.mjs';

const root = inProject();
const web = inProject('web');

/** SvelteKit's generated types: the checks read them. */
const sync = { name: "SvelteKit's types", args: [tool('svelte-kit'), 'sync'], cwd: web };

/** The longest come first: as many run at a time as there are cores. */
const checks = [
	{ name: 'lint', args: [tool('eslint'), '.'], cwd: root },
	{
		name: 'imports between folders',
		args: [tool('depcruise'), '--config', '.dependency-cruiser.mjs', 'shared', 'sfu', 'web/src'],
		cwd: root,
	},
	{
		name: 'types of the front end',
		args: [tool('svelte-check'), '--tsconfig', './tsconfig.json'],
		cwd: web,
	},
	{
		name: 'types of the service worker',
		args: [tool('tsc'), '--noEmit', '-p', 'src/service-worker'],
		cwd: web,
	},
	{ name: 'types', args: [tool('tsc'), '--noEmit'], cwd: root },
	{ name: 'format', args: [tool('prettier'), '--check', '.'], cwd: root },
	{ name: 'unused code', args: [tool('knip')], cwd: root },
	{ name: 'message catalogues', args: ['web/bundler/checkCatalogues.ts'], cwd: root },
];

await runCommand(async () => {
	await ensurePackages();
	const node = await findNode();

	/** @type {string[]} */
	const failed = [];
	const run = async (/** @type {typeof sync} */ { name, args, cwd }) => {
		const began = performance.now();
		const { code, output } = await runQuietly(node, args, { cwd, env: withProjectTools() });
		const seconds = ((performance.now() - began) / 1000).toFixed(1);
		console.log(`\n── ${name} (${seconds} s)\n${output.trimEnd()}`);
		if (code !== 0) failed.push(name);
	};
	await run(sync);
	const left = [...checks];
	const work = async () => {
		for (let check = left.shift(); check; check = left.shift()) await run(check);
	};
	await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));
	console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
	return failed.length === 0 ? 0 : 1;
});
