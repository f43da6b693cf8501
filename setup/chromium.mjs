/** Finds the Chromium that the browser tests drive, or gets one. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { installDebianPackages } from './debian.mjs';
import { tool, withProjectTools } from './project.mjs';
import { lastLines, runQuietly } from './run.mjs';
import { SetupError, reason, say } from './say.mjs';

const usualPlaces = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/snap/bin/chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Playwright tries several hosts one after the other, and must not hold up a machine that reaches none. */
const downloadTimeoutMs = 300_000;

/**
 * @param {string} node the Node that runs Playwright
 * @returns {Promise<string>} the path of the program
 */
export async function ensureChromium(node) {
	const own = process.env.PARLEY_CHROMIUM;
	if (own) {
		if (await runs(own)) return own;
		throw new SetupError(
			`PARLEY_CHROMIUM names ${own}, which does not run. Correct the variable, or unset it.`,
		);
	}

	const playwrights = createRequire(import.meta.url)('playwright').chromium.executablePath();
	for (const program of [playwrights, ...usualPlaces]) {
		if (existsSync(program) && (await runs(program))) return program;
	}
	return getChromium(node, playwrights);
}

/**
 * @param {string} node
 * @param {string} playwrights where Playwright puts the one that it downloads
 * @returns {Promise<string>}
 */
async function getChromium(node, playwrights) {
	const sources = [
		{ words: "Playwright's download", program: playwrights, get: () => downloadChromium(node) },
		{
			words: 'the system package',
			program: '/usr/bin/chromium',
			get: () => installDebianPackages(['chromium'], 'the browser tests'),
		},
	];
	const failures = [];
	for (const { words, program, get } of sources) {
		try {
			await get();
			if (!(await runs(program))) throw new SetupError(`${program} does not run here`);
			return program;
		} catch (error) {
			failures.push(`- ${words}: ${reason(error)}`);
			if (failures.length < sources.length) say(`Chromium, ${words}: ${reason(error)}`);
		}
	}
	throw new SetupError(
		[
			'The browser tests need Chromium, and none was found.',
			...failures,
			'Install one, or set PARLEY_CHROMIUM to its path.',
		].join('\n'),
	);
}

/** @param {string} node */
async function downloadChromium(node) {
	say('Downloading Chromium for the browser tests …');
	const { code, output } = await runQuietly(node, [tool('playwright'), 'install', 'chromium'], {
		env: withProjectTools(),
		timeoutMs: downloadTimeoutMs,
	});
	if (code !== 0)
		throw new SetupError(`playwright install chromium did not succeed\n${lastLines(output, 5)}`);
}

/**
 * @param {string} program
 * @returns {Promise<boolean>} whether it starts here: a browser whose libraries are missing does not
 */
async function runs(program) {
	return (await runQuietly(program, ['--version'], { timeoutMs: 20_000 })).code === 0;
}
