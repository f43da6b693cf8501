/**
 * `npm start`: installs what is missing, builds the front end if its sources changed, and runs the
 * service. Arguments after `--` go to the service, apart from `--no-system-packages`.
 */

import { withoutSystemPackages } from './debian.mjs';
import { ensureFrontEnd } from './frontend.mjs';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { inProject, withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	await ensurePackages();
	const node = await findNode();
	await ensureWorker();
	await ensureFrontEnd(node);
	const given = process.argv.slice(2).filter((argument) => argument !== withoutSystemPackages);
	return runInForeground(node, ['sfu/main.ts', ...given], {
		// What Node compiled is kept for the next start, which then takes a third less time.
		env: withProjectTools({ NODE_COMPILE_CACHE: inProject('.cache', 'compiled') }),
	});
});
