/**
 * `npm run test:hostile`: the hostile suite in its long form. Every border of a real service is attacked for a minute, or
 * for `--minutes M`, with attacks that are drawn anew each time, or from `--seed N` on. What a failure says besides
 * (`--only NAME --path P`) repeats the one attack that failed.
 */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureFrontEnd } from './frontend.mjs';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { SetupError, runCommand, say } from './say.mjs';
import { runSuite, suites } from './suites.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	const { seed, minutes, only, path } = readArguments();

	await ensurePackages();
	const node = await findNode();
	await ensureWorker();
	await ensureFrontEnd(node);
	const suite = suites.find(({ name }) => name === 'hostile');
	if (!suite) throw new SetupError('There is no hostile suite.');
	say(`Attacking each border for ${minutes} min, from seed ${seed} on …`);
	const counts = await runSuite(suite, node, {
		PARLEY_HOSTILE_SEED: `${seed}`,
		PARLEY_HOSTILE_MINUTES: `${minutes}`,
		PARLEY_HOSTILE_ONLY: only,
		PARLEY_HOSTILE_PATH: path,
	});
	console.log(`\n${counts.passed} passed, ${counts.failed} failed, seed ${seed}`);
	return counts.failed === 0 ? 0 : 1;
});

/** @returns {{ seed: number, minutes: number, only: string, path: string }} */
function readArguments() {
	const text = /** @type {const} */ ({ type: 'string' });
	let values;
	try {
		({ values } = parseArgs({ options: { seed: text, minutes: text, only: text, path: text } }));
	} catch (error) {
		throw new SetupError(/** @type {Error} */ (error).message);
	}
	const seed = Number(values.seed ?? randomInt(1, 2 ** 31));
	const minutes = Number(values.minutes ?? 1);
	if (!Number.isInteger(seed)) throw new SetupError('--seed takes a whole number.');
	if (!(minutes > 0)) throw new SetupError('--minutes takes a number above 0.');
	return { seed, minutes, only: values.only ?? '', path: values.path ?? '' };
}
