/**
 * Finds the program of Redis, on which the tests of several nodes run, or gets it. The tests start a server of their
 * own; one that runs on this machine is not touched.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { installWithoutServices } from './debian.mjs';
import { SetupError, reason } from './say.mjs';

/** Valkey is Redis by another name. */
const names = ['redis-server', 'valkey-server'];

/** Where systems put the program, besides the folders of the PATH. */
const usualPlaces = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** @returns {Promise<string>} the file of the program */
export async function ensureRedis() {
	const own = process.env.PARLEY_REDIS;
	if (own) {
		if (runs(own)) return own;
		throw new SetupError(
			`PARLEY_REDIS names ${own}, but that is no Redis server that runs. Correct the variable, or unset it.`,
		);
	}

	const found = findProgram();
	if (found) return found;
	try {
		await installWithoutServices(['redis-server'], 'the tests of several nodes', ['redis-server']);
	} catch (error) {
		throw new SetupError(
			[
				'The tests of several nodes need the program of Redis, and it was not found.',
				`- the system package: ${reason(error)}`,
				'Install Redis or Valkey, or set PARLEY_REDIS to the file of redis-server.',
			].join('\n'),
		);
	}
	const installed = findProgram();
	if (installed) return installed;
	throw new SetupError(
		'Redis was installed, but redis-server was not found: set PARLEY_REDIS to its file.',
	);
}

/** @returns {string | undefined} */
function findProgram() {
	const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...usualPlaces];
	return folders
		.filter((folder) => folder !== '')
		.flatMap((folder) => names.map((name) => path.join(folder, name)))
		.find((program) => existsSync(program) && runs(program));
}

/**
 * @param {string} program
 * @returns {boolean}
 */
function runs(program) {
	const { status } = spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 10_000 });
	return status === 0;
}
