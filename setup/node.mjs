/** Which Node runs Parley. */

import { existsSync, realpathSync } from 'node:fs';
import { inProject, withoutProjectTools } from './project.mjs';
import { runQuietly } from './run.mjs';
import { SetupError } from './say.mjs';

/** The first version that runs TypeScript files without a flag. */
const oldest = { major: 22, minor: 18 };

/**
 * Chooses the Node that is pinned in package.json (for each platform a package carries the real binary, with its hash in
 * the lock file), else the machine's own if it is new enough. The packages must be installed before.
 *
 * @returns {Promise<string>} the path of the program
 */
export async function findNode() {
	const pinned = inProject('node_modules', '.bin', 'node');
	// `npm run` puts the pinned one first on the PATH, so after the first time it is the one that runs us.
	if (existsSync(pinned) && realpathSync(pinned) === realpathSync(process.execPath)) return pinned;
	if (newEnough(await versionOf(pinned))) return pinned;
	if (newEnough(process.version)) return process.execPath;

	const onPath = await versionOf('node');
	if (newEnough(onPath)) return 'node';
	throw new SetupError(
		`Parley needs Node ${oldest.major}.${oldest.minor} or newer. The one on this machine is ${onPath ?? process.version}, and the one that ` +
			'comes with the packages does not run here: install a newer Node from https://nodejs.org, then try again.',
	);
}

/**
 * @param {string} program
 * @returns {Promise<string | undefined>} undefined if it does not run
 */
async function versionOf(program) {
	const { code, output } = await runQuietly(program, ['--version'], { env: withoutProjectTools() });
	return code === 0 ? output.trim() : undefined;
}

/** @param {string | undefined} version as `node --version` prints it */
function newEnough(version) {
	const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version ?? '') ?? [];
	return (
		Number(major) > oldest.major ||
		(Number(major) === oldest.major && Number(minor) >= oldest.minor)
	);
}
