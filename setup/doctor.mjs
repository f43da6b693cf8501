/** `npm run doctor`: looks at this machine and at the service. Arguments after `--` are the options. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	return runInForeground(await findNode(), ['sfu/doctor.ts', ...process.argv.slice(2)], {
		env: withProjectTools(),
	});
});
