/**
 * Installs the packages and the mediasoup worker, and starts nothing: what the image build needs
 * before it has the sources (see the Dockerfile).
 */

import { ensurePackages } from './packages.mjs';
import { runCommand } from './say.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	await ensurePackages();
	await ensureWorker();
	return 0;
});
