/** Makes `node_modules` hold what `package-lock.json` says. */

import { readFile } from 'node:fs/promises';
import { linkNode } from './node.mjs';
import { inProject, withoutProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';
import { SetupError, say } from './say.mjs';

/**
 * Installs the packages with `npm ci` unless they are already there. The check costs a few
 * milliseconds and starts no program.
 */
export async function ensurePackages() {
	await installPackages();
	linkNode();
}

async function installPackages() {
	if (await packagesMatchLock()) return;
	say('Installing the packages with npm ci (a minute or so the first time) …');
	const started = Date.now();
	// npm's warnings are about the machine's own Node, which may be older than what the packages ask for;
	// Parley runs with the pinned one.
	const code = await runInForeground('npm', ['ci', '--loglevel=error'], {
		// mediasoup's own install script downloads or builds its worker, and a failure there fails the
		// whole install. With this variable set it steps aside; `worker.mjs` sees to the worker.
		env: withoutProjectTools({ MEDIASOUP_WORKER_BIN: 'see setup/worker.mjs' }),
	});
	if (code !== 0) {
		throw new SetupError(
			`The packages could not be installed: npm ci ended with code ${code}. Its own message is above; ` +
				'often the npm registry could not be reached, or package-lock.json does not fit package.json.',
		);
	}
	say(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Compares the lock file with the one that npm keeps inside `node_modules` to record what is
 * installed there. This way a plain `npm install` counts too.
 *
 * @returns {Promise<boolean>}
 */
async function packagesMatchLock() {
	const wanted = await readLock(inProject('package-lock.json'));
	if (!wanted)
		throw new SetupError(
			'package-lock.json is missing or damaged; restore it with git checkout package-lock.json.',
		);
	const installed = await readLock(inProject('node_modules', '.package-lock.json'));
	if (!installed) return false;

	for (const [place, entry] of Object.entries(wanted)) {
		const found = installed[place];
		// Optional packages for other platforms are in the lock file and not on the disk.
		if (place === '' || (!found && entry.optional)) continue;
		if (found?.version !== entry.version || found?.integrity !== entry.integrity) return false;
	}
	return Object.keys(installed).every((place) => place in wanted);
}

/**
 * @param {string} file
 * @returns {Promise<Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined>}
 *   the packages by their place; undefined if there is no such file or it is not a lock file
 */
async function readLock(file) {
	try {
		return JSON.parse(await readFile(file, 'utf8')).packages;
	} catch {
		return undefined;
	}
}
