/** `npm run build`: builds the front end, whether or not its sources changed. */

import { buildFrontEnd } from './frontend.mjs';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { runCommand } from './say.mjs';

await runCommand(async () => {
	await ensurePackages();
	await buildFrontEnd(await findNode());
	return 0;
});
