/** The worker that the mediasoup project publishes for each of its releases. */

import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { lastLines, runQuietly } from './run.mjs';
import { SetupError, reason, say } from './say.mjs';
import { workerChecksums } from './workerChecksums.mjs';

/**
 * Where the releases are; mediasoup's own installer reads the same variable.
 *
 * @returns {string}
 */
function releases() {
	const named = process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL;
	return named ?? 'https://github.com/versatica/mediasoup/releases/download';
}

/** A machine without general internet must not wait long before it goes on to the build. */
const answerTimeoutMs = 20_000;
const downloadTimeoutMs = 180_000;

/**
 * @param {{ workDir: () => Promise<string>, version: string }} options
 * @returns {Promise<string>} the downloaded program, not yet known to run
 */
export async function downloadWorker({ workDir, version }) {
	const name = archiveName(version);
	const url = `${releases()}/${version}/${name}`;
	checkSafe(url);
	say(`Downloading the mediasoup worker from ${url} …`);
	const archive = await download(url);
	checkArchive(archive, { version, name });

	const dir = await workDir();
	const file = path.join(dir, 'worker.tgz');
	await writeFile(file, archive);
	const { code, output } = await runQuietly('tar', ['-xzf', file, '-C', dir]);
	if (code !== 0)
		throw new SetupError(`the archive ${url} cannot be unpacked\n${lastLines(output)}`);
	return path.join(dir, 'mediasoup-worker');
}

/**
 * Throws unless an address is one of HTTPS: what comes over another one may have been changed on its way.
 *
 * @param {string} url
 */
function checkSafe(url) {
	if (!url.startsWith('https://'))
		throw new SetupError(
			`the worker is taken from addresses that begin with https:// only, not from ${url}`,
		);
}

/**
 * Throws unless an archive has the SHA-256 that PARLEY_WORKER_SHA256 says or, without it, that is listed. One of which
 * neither is so is taken.
 *
 * @param {Buffer} archive
 * @param {{ version: string, name: string, listed?: typeof workerChecksums }} about
 */
export function checkArchive(archive, { version, name, listed = workerChecksums }) {
	const expected = process.env.PARLEY_WORKER_SHA256 || listed[version]?.[name];
	if (!expected) return;
	const found = createHash('sha256').update(archive).digest('hex');
	if (found !== expected.trim().toLowerCase())
		throw new SetupError(
			`${name} was refused: its SHA-256 is ${found}, and ${expected} was expected. It was changed on its way, or the expected one is of another archive`,
		);
}

/**
 * The name that mediasoup's npm-scripts.mjs gives to the archive. On Linux there is one for each
 * major version of the kernel.
 *
 * @param {string} version
 */
function archiveName(version) {
	const kernel = process.platform === 'linux' ? `-kernel${os.release().split('.')[0]}` : '';
	return `mediasoup-worker-${version}-${process.platform}-${process.arch}${kernel}.tgz`;
}

/**
 * @param {string} url
 * @returns {Promise<Buffer>}
 */
async function download(url) {
	const abort = new AbortController();
	const stopAfter = (/** @type {number} */ ms) =>
		setTimeout(
			() => abort.abort(new SetupError(`no complete answer from ${url} within ${ms / 1000} s`)),
			ms,
		);

	const overall = stopAfter(downloadTimeoutMs);
	const firstByte = stopAfter(answerTimeoutMs);
	try {
		const response = await fetch(url, { signal: abort.signal });
		clearTimeout(firstByte);
		// Where a redirection led.
		checkSafe(response.url);
		if (response.status === 404) throw new SetupError(`there is none at ${url}`);
		if (!response.ok)
			throw new SetupError(`${url} answered ${response.status} ${response.statusText}`);
		return Buffer.from(await response.arrayBuffer());
	} catch (error) {
		throw error instanceof SetupError
			? error
			: new SetupError(`${url} cannot be fetched: ${reason(error)}`);
	} finally {
		clearTimeout(firstByte);
		clearTimeout(overall);
	}
}
