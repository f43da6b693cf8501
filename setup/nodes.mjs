/** `npm run node`: lists the nodes of a service, and has one end. Arguments after `--` are the command. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	return runInForeground(await findNode(), ['sfu/node.ts', ...process.argv.slice(2)], {
		env: withProjectTools(),
	});
});
