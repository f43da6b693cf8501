/**
 * `npm run coverage`: runs the unit, store and integration suites, and prints how much of the code they reach.
 * `.cache/coverage/index.html` shows it line by line. No figure is demanded.
 */

import { findNode } from './node.mjs';
import { ensureFrontEnd } from './frontend.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePostgres } from './postgres.mjs';
import { tool, withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	await ensurePackages();
	const node = await findNode();
	await ensureWorker();
	const env = { PARLEY_POSTGRES: await ensurePostgres() };
	await ensureFrontEnd(node);
	const suites = ['unit', 'store', 'integration'];
	return runInForeground(
		node,
		[
			tool('vitest'),
			'run',
			'--config=test/vitest.config.ts',
			'--coverage',
			...suites.map((suite) => `--project=${suite}`),
		],
		{ env: withProjectTools(env) },
	);
});
