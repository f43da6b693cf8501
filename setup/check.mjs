/** `npm run check`: format, lint, types and unused code. Runs all of them and says which failed. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

const root = inProject();
const web = inProject('web');

/** SvelteKit's generated types come first: the checks after them read them. */
const checks = [
	{ name: "SvelteKit's types", args: [tool('svelte-kit'), 'sync'], cwd: web },
	{ name: 'format', args: [tool('prettier'), '--check', '.'], cwd: root },
	{ name: 'lint', args: [tool('eslint'), '.'], cwd: root },
	{ name: 'types', args: [tool('tsc'), '--noEmit'], cwd: root },
	{
		name: 'types of the front end',
		args: [tool('svelte-check'), '--tsconfig', './tsconfig.json'],
		cwd: web,
	},
	{ name: 'message catalogues', args: ['web/bundler/checkCatalogues.ts'], cwd: root },
	{ name: 'unused code', args: [tool('knip')], cwd: root },
];

await runCommand(async () => {
	await ensurePackages();
	const node = await findNode();

	const failed = [];
	for (const { name, args, cwd } of checks) {
		console.log(`\n── ${name}`);
		if ((await runInForeground(node, args, { cwd, env: withProjectTools() })) !== 0)
			failed.push(name);
	}
	console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`);
	return failed.length === 0 ? 0 : 1;
});
