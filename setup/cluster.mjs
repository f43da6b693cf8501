/**
 * `npm run test:cluster`: the cluster suite in its long form. Nodes and their Redis are cut off, slowed down, paused and
 * started again for a minute, or for `--minutes M`, with faults that are drawn anew each time, or from `--seed N` on.
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { findNode } from './node.mjs';
import { ensureFrontEnd } from './frontend.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePostgres } from './postgres.mjs';
import { ensureRedis } from './redis.mjs';
import { SetupError, runCommand, say } from './say.mjs';
import { runSuite, suites } from './suites.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	const { seed, minutes } = readArguments();

	await ensurePackages();
	const node = await findNode();
	const suite = suites.find(({ name }) => name === 'cluster');
	if (!suite) throw new SetupError('There is no cluster suite.');
	say(`Breaking what holds nodes together for ${minutes} min, from seed ${seed} on …`);
	await ensureWorker();
	await ensureFrontEnd(node);
	const counts = await runSuite(suite, node, {
		PARLEY_POSTGRES: await ensurePostgres(),
		PARLEY_REDIS: await ensureRedis(),
		PARLEY_CLUSTER_SEED: `${seed}`,
		PARLEY_CLUSTER_MINUTES: `${minutes}`,
	});
	console.log(`\n${counts.passed} passed, ${counts.failed} failed, seed ${seed}`);
	return counts.failed === 0 ? 0 : 1;
});

/** @returns {{ seed: number, minutes: number }} */
function readArguments() {
	const text = /** @type {const} */ ({ type: 'string' });
	let values;
	try {
		({ values } = parseArgs({ options: { seed: text, minutes: text } }));
	} catch (error) {
		throw new SetupError(/** @type {Error} */ (error).message);
	}
	const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
	const minutes = Number(values.minutes ?? 1);
	if (!Number.isInteger(seed)) throw new SetupError('--seed takes a whole number.');
	if (!(minutes > 0)) throw new SetupError('--minutes takes a number above 0.');
	return { seed, minutes };
}
