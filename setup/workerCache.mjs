/** The per-user cache of mediasoup workers, so that a build is done once and not once a checkout. */

import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { copyFile, chmod, mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { inProject } from './project.mjs';

/**
 * @typedef {object} WorkerCache
 * @property {string} key names this version, platform and recipe
 * @property {string} program where the cached worker is, if there is one
 * @property {() => Promise<string>} workDir makes a folder to work in, one a process
 * @property {() => Promise<void>} cleanUp removes the folders that `workDir` made
 */

/**
 * @param {string} version mediasoup's
 * @returns {Promise<WorkerCache>}
 */
export async function openWorkerCache(version) {
	const key = [version, process.platform, process.arch, await recipeHash()].join('-');
	const base = path.join(cacheHome(), 'parley', 'worker');
	/** @type {string[]} */
	const workDirs = [];
	const removeNow = () => workDirs.forEach((dir) => rmSync(dir, { recursive: true, force: true }));

	return {
		key,
		program: path.join(base, key, 'mediasoup-worker'),
		async workDir() {
			await mkdir(base, { recursive: true });
			if (workDirs.length === 0) process.on('exit', removeNow);
			const dir = await mkdtemp(path.join(base, 'work-'));
			workDirs.push(dir);
			return dir;
		},
		async cleanUp() {
			for (const dir of workDirs.splice(0)) await rm(dir, { recursive: true, force: true });
			process.off('exit', removeNow);
		},
	};
}

/**
 * Copies a program so that nobody ever sees half of it: two starts at once may both do this, and the
 * later one wins with the same bytes.
 *
 * @param {string} from
 * @param {string} to
 */
export async function placeProgram(from, to) {
	const unfinished = `${to}.${process.pid}`;
	await mkdir(path.dirname(to), { recursive: true });
	await copyFile(from, unfinished);
	await chmod(unfinished, 0o755);
	await rename(unfinished, to);
}

/** @returns {string} the folder where programs keep what they can make again */
export function cacheHome() {
	if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
	return process.platform === 'darwin'
		? path.join(os.homedir(), 'Library', 'Caches')
		: path.join(os.homedir(), '.cache');
}

/** @returns {Promise<string>} changes whenever something changes that the built worker depends on */
async function recipeHash() {
	const files = await filesUnder(inProject('setup', 'worker'));
	const hash = createHash('sha256');
	for (const file of files) hash.update(await readFile(file));
	return hash.digest('hex').slice(0, 12);
}

/**
 * @param {string} dir
 * @returns {Promise<string[]>} in an order that does not depend on the file system
 */
async function filesUnder(dir) {
	const entries = (await readdir(dir, { withFileTypes: true })).sort((a, b) =>
		a.name < b.name ? -1 : 1,
	);
	const lists = entries.map(async (entry) => {
		const file = path.join(dir, entry.name);
		return entry.isDirectory() ? await filesUnder(file) : [file];
	});
	return (await Promise.all(lists)).flat();
}
