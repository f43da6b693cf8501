/**
 * `npm test`: installs what is missing and runs the test suites, or those named after `--`. The last
 * line counts the tests of all of them.
 */

import { ensureChromium } from './chromium.mjs';
import { withoutSystemPackages } from './debian.mjs';
import { ensureFirefox } from './firefox.mjs';
import { ensureFrontEnd, ensureTypes } from './frontend.mjs';
import { findNode } from './node.mjs';
import { ensureNetworkPrograms } from './networks.mjs';
import { ensurePackages } from './packages.mjs';
import { ensurePostgres } from './postgres.mjs';
import { ensureRedis } from './redis.mjs';
import { SetupError, runCommand } from './say.mjs';
import { runSuite, suites } from './suites.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	const named = process.argv.slice(2).filter((argument) => argument !== withoutSystemPackages);
	const chosen = chooseSuites(named);

	await ensurePackages();
	const node = await findNode();
	if (chosen.some((suite) => suite.needsWorker)) await ensureWorker();
	/** @type {NodeJS.ProcessEnv} */
	const env = {};
	if (chosen.some((suite) => suite.needsPostgres)) env.PARLEY_POSTGRES = await ensurePostgres();
	if (chosen.some((suite) => suite.needsRedis)) env.PARLEY_REDIS = await ensureRedis();
	if (chosen.some((suite) => suite.needsBrowser)) env.PARLEY_CHROMIUM = await ensureChromium(node);
	const leftOut = new Map([
		...(await missingFor(chosen, named, 'needsNetworkPrograms', ensureNetworkPrograms)),
		...(await missingFor(chosen, named, 'needsFirefox', async () => {
			env.PARLEY_FIREFOX = await ensureFirefox();
		})),
	]);
	// Whatever has a worker starts the service, which serves the pages.
	if (chosen.some((suite) => suite.needsWorker)) await ensureFrontEnd(node);
	else await ensureTypes(node);

	const total = { passed: 0, failed: 0 };
	const lines = [];
	/** @type {string[]} */
	const failures = [];
	for (const suite of chosen) {
		const missing = leftOut.get(suite);
		const counts = missing
			? { passed: 0, failed: 0, skipped: 1, remark: missing }
			: await runSuite(suite, node, env);
		total.passed += counts.passed;
		total.failed += counts.failed;
		failures.push(...(counts.failures ?? []).map((failure) => `  ${suite.name} › ${failure}`));
		lines.push(`${suite.name}: ${inWords(counts)}${counts.remark ? ` (${counts.remark})` : ''}`);
	}
	if (failures.length > 0) console.log(`\nFailed:\n${failures.join('\n')}`);
	// What was left out stands in the line of its suite: programs read the last line.
	console.log(`\n${lines.join('\n')}\n${inWords({ ...total, skipped: 0 })}`);
	return total.failed === 0 ? 0 : 1;
});

/**
 * Some tests need programs that only root of a Debian can install. Elsewhere they are left out, unless they were asked
 * for by name.
 *
 * @param {typeof suites} chosen
 * @param {string[]} named
 * @param {'needsNetworkPrograms' | 'needsFirefox'} need
 * @param {() => Promise<unknown>} ensure finds or installs the programs
 * @returns {Promise<[typeof suites[number], string][]>} the suite that is left out, and why
 */
async function missingFor(chosen, named, need, ensure) {
	const suite = chosen.find((one) => one[need]);
	if (!suite) return [];
	try {
		await ensure();
		return [];
	} catch (error) {
		if (named.includes(suite.name) || !(error instanceof SetupError)) throw error;
		return [[suite, error.message]];
	}
}

/**
 * @param {string[]} names
 * @returns {typeof suites} all of them if no name is given
 */
function chooseSuites(names) {
	const unknown = names.filter((name) => suites.every((suite) => suite.name !== name));
	if (unknown.length > 0) {
		const known = suites.map((suite) => suite.name).join(', ');
		throw new SetupError(
			`There is no test suite called ${unknown.join(', ')}; there are ${known}.`,
		);
	}
	return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

/** @param {import('./suites.mjs').Counts} counts */
function inWords({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
