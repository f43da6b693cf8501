/**
 * Makes sure a mediasoup worker exists. It is a native program that the npm package `mediasoup` does
 * not contain; mediasoup looks for it at `node_modules/mediasoup/worker/out/Release`, so that is
 * where it ends up, whatever its source.
 */

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inProject } from './project.mjs';
import { SetupError, reason, say } from './say.mjs';
import { buildWorker } from './workerBuild.mjs';
import { openWorkerCache, placeProgram } from './workerCache.mjs';
import { downloadWorker } from './workerPrebuilt.mjs';

/** The exit code of a worker started without MEDIASOUP_VERSION, see mediasoup's worker/src/main.cpp. */
const calledByStranger = 41;

/**
 * Takes the first worker that runs: the one MEDIASOUP_WORKER_BIN names, the one in place, the cached
 * one, the official prebuilt, one built here. Says which it took unless nothing had to be done.
 */
export async function ensureWorker() {
	const own = process.env.MEDIASOUP_WORKER_BIN;
	if (own) {
		const problem = problemWith(own);
		if (!problem) return say(`mediasoup worker: ${own}, as MEDIASOUP_WORKER_BIN says.`);
		throw new SetupError(
			`MEDIASOUP_WORKER_BIN names ${own}, but that is no mediasoup worker that runs here: ${problem}. ` +
				'Correct the variable, or unset it and Parley gets a worker by itself.',
		);
	}

	const packageDir = inProject('node_modules', 'mediasoup');
	const { version } = JSON.parse(await readFile(path.join(packageDir, 'package.json'), 'utf8'));
	const inPlace = path.join(packageDir, 'worker', 'out', 'Release', 'mediasoup-worker');
	const cache = await openWorkerCache(version);
	// Says which recipe the worker in place belongs to, so that a better recipe replaces it. One
	// without this note was put there by mediasoup itself and is as good.
	const note = `${inPlace}.key`;
	const keyInPlace = await readFile(note, 'utf8').catch(() => cache.key);
	if (keyInPlace === cache.key && !problemWith(inPlace)) return;

	const source = await fillCache(cache, packageDir, version);
	await placeProgram(cache.program, inPlace);
	await writeFile(note, cache.key);
	say(`mediasoup worker ${version}: ${source}.`);
}

/**
 * Puts a worker that runs into the cache, unless there is one.
 *
 * @param {import('./workerCache.mjs').WorkerCache} cache
 * @param {string} packageDir where the npm package `mediasoup` is
 * @param {string} version mediasoup's
 * @returns {Promise<string>} where the worker is from, in words
 */
async function fillCache(cache, packageDir, version) {
	if (!problemWith(cache.program)) return `taken from the cache, ${cache.program}`;

	const failures = [];
	const sources = [
		{
			words: 'the official prebuilt',
			get: () => downloadWorker({ workDir: cache.workDir, version }),
		},
		{
			words: 'built on this machine',
			get: () => buildWorker({ workDir: cache.workDir, packageDir }),
		},
	];
	try {
		for (const { words, get } of sources) {
			try {
				const program = await get();
				const problem = problemWith(program);
				if (problem) throw new SetupError(`it does not run here: ${problem}`);
				await placeProgram(program, cache.program);
				return words;
			} catch (error) {
				failures.push(`- ${words}: ${reason(error)}`);
				if (failures.length < sources.length) say(`mediasoup worker, ${words}: ${reason(error)}`);
			}
		}
	} finally {
		await cache.cleanUp();
	}
	throw new SetupError(
		[
			`Parley needs the mediasoup worker ${version} and found none for ${process.platform} ${process.arch}.`,
			...failures,
			'Mend one of these and try again, or set MEDIASOUP_WORKER_BIN to a worker that you have.',
		].join('\n'),
	);
}

/**
 * Runs a worker the way mediasoup's own installer does: started by a stranger it leaves at once with
 * a code of its own. That proves that it is a worker and that all its libraries are there.
 *
 * @param {string} program
 * @returns {string | undefined} what is wrong with it
 */
function problemWith(program) {
	const { MEDIASOUP_VERSION: _, ...env } = process.env;
	const { status, signal, error, stderr } = spawnSync(program, [], {
		env,
		encoding: 'utf8',
		timeout: 10_000,
	});
	if (status === calledByStranger) return undefined;
	return (
		error?.message ??
		(stderr.trim() || (signal ? `ended by ${signal}` : `ended with code ${status}`))
	);
}
