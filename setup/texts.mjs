/** `npm run texts`: puts new texts of the code into the catalogues, and takes old ones out. */

import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	return runInForeground(await findNode(), ['web/bundler/writeCatalogues.ts'], {
		env: withProjectTools(),
	});
});
