/** Finds the Firefox that the tests in Firefox drive, or installs Debian's. Playwright's own build is not needed. */

import { existsSync } from 'node:fs';
import { installDebianPackages } from './debian.mjs';
import { runQuietly } from './run.mjs';
import { SetupError, reason } from './say.mjs';

const debians = '/usr/bin/firefox-esr';
const usualPlaces = [
	debians,
	'/usr/bin/firefox',
	'/snap/bin/firefox',
	'/Applications/Firefox.app/Contents/MacOS/firefox',
];

/** @returns {Promise<string>} the path of the program */
export async function ensureFirefox() {
	const own = process.env.PARLEY_FIREFOX;
	if (own) {
		if (await runs(own)) return own;
		throw new SetupError(
			`PARLEY_FIREFOX names ${own}, which does not run. Correct the variable, or unset it.`,
		);
	}

	for (const program of usualPlaces)
		if (existsSync(program) && (await runs(program))) return program;
	try {
		await installDebianPackages(['firefox-esr'], 'the tests in Firefox');
		if (await runs(debians)) return debians;
		throw new SetupError(`${debians} does not run here`);
	} catch (error) {
		throw new SetupError(
			[
				'The tests in Firefox need it, and none was found.',
				`- the system package: ${reason(error)}`,
				'Install Firefox, or set PARLEY_FIREFOX to its path.',
			].join('\n'),
		);
	}
}

/**
 * @param {string} program
 * @returns {Promise<boolean>} whether it starts here
 */
async function runs(program) {
	return (await runQuietly(program, ['--version'], { timeoutMs: 20_000 })).code === 0;
}
