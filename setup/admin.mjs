/** `npm run admin`: says who looks after the server, while it runs. Arguments after `--` are the command. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	return runInForeground(await findNode(), ['sfu/admin.ts', ...process.argv.slice(2)], {
		env: withProjectTools(),
	});
});
