/** `npm run backup`: copies what the service keeps, while it runs. Arguments after `--` name the folder. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	return runInForeground(await findNode(), ['sfu/backup.ts', ...process.argv.slice(2)], {
		env: withProjectTools(),
	});
});
