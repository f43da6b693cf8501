/**
 * `npm run test:cluster`: the cluster suite in its long form. Nodes and their Redis are cut off, slowed down, paused and
 * started again for a minute, or for `--minutes M`, with faults that are drawn anew each time, or from `--seed N` on.
 *
 * `npm run test:cluster -- browser`: the browser suite, or the files of it that are named after that, with services that
 * have three nodes behind a load balancer.
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureChromium } from './chromium.mjs';
import { findNode } from './node.mjs';
import { ensureFrontEnd } from './frontend.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePostgres } from './postgres.mjs';
import { ensureRedis } from './redis.mjs';
import { SetupError, runCommand, say } from './say.mjs';
import { runSuite, suites } from './suites.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	const { seed, minutes, name, files } = readArguments();

	await ensurePackages();
	const node = await findNode();
	const suite = suites.find((one) => one.name === name);
	if (!suite) throw new SetupError(`There is no ${name} suite.`);
	await ensureWorker();
	await ensureFrontEnd(node);
	const programs = {
		PARLEY_POSTGRES: await ensurePostgres(),
		PARLEY_REDIS: await ensureRedis(),
		...(suite.needsBrowser && { PARLEY_CHROMIUM: await ensureChromium(node) }),
	};
	if (name === 'cluster')
		say(`Breaking what holds nodes together for ${minutes} min, from seed ${seed} on …`);
	const counts = await runSuite(
		suite,
		node,
		name === 'cluster'
			? { ...programs, PARLEY_CLUSTER_SEED: `${seed}`, PARLEY_CLUSTER_MINUTES: `${minutes}` }
			: { ...programs, PARLEY_TEST_NODES: '3' },
		files,
	);
	const ofSeed = name === 'cluster' ? `, seed ${seed}` : '';
	console.log(`\n${counts.passed} passed, ${counts.failed} failed${ofSeed}`);
	return counts.failed === 0 ? 0 : 1;
});

/** @returns {{ seed: number, minutes: number, name: 'cluster' | 'browser', files: string[] }} */
function readArguments() {
	const text = /** @type {const} */ ({ type: 'string' });
	let values;
	let positionals;
	try {
		({ values, positionals } = parseArgs({
			options: { seed: text, minutes: text },
			allowPositionals: true,
		}));
	} catch (error) {
		throw new SetupError(/** @type {Error} */ (error).message);
	}
	const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
	const minutes = Number(values.minutes ?? 1);
	if (!Number.isInteger(seed)) throw new SetupError('--seed takes a whole number.');
	if (!(minutes > 0)) throw new SetupError('--minutes takes a number above 0.');
	const [name = 'cluster', ...files] = positionals;
	if (name !== 'browser' && positionals.length > 0)
		throw new SetupError(`${name}: only the browser suite runs over nodes by its name.`);
	return { seed, minutes, name: name === 'browser' ? 'browser' : 'cluster', files };
}
