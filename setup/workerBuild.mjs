/**
 * Builds the mediasoup worker from the sources inside the npm package `mediasoup`, with the
 * libraries of the system, where neither the prebuilt worker nor the sources of its libraries can be
 * fetched. It takes about five minutes on two cores. The recipe is written for Debian 12; the
 * folder `worker/` holds what stands between the sources and the system's libraries.
 */

import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inProject } from './project.mjs';
import { lastLines, runQuietly } from './run.mjs';
import { SetupError, progress, say } from './say.mjs';
import { mesonOptions, patches } from './worker/recipe.mjs';
import { ensureBuildTools } from './workerBuildTools.mjs';

/**
 * @param {{ workDir: () => Promise<string>, packageDir: string }} options
 * @returns {Promise<string>} the program, not yet known to run
 */
export async function buildWorker({ workDir, packageDir }) {
	await ensureBuildTools();

	const sources = path.join(await workDir(), 'sources');
	await cp(path.join(packageDir, 'worker'), sources, {
		recursive: true,
		filter: (file) => path.basename(file) !== 'out',
	});
	await rm(path.join(sources, 'subprojects'), { recursive: true });
	await cp(inProject('setup', 'worker', 'subprojects'), path.join(sources, 'subprojects'), {
		recursive: true,
	});
	for (const patch of patches) await applyPatch(sources, patch);

	say('Building the mediasoup worker from its sources (about 5 minutes on 2 cores, once) …');
	const started = Date.now();
	await runStep('meson', ['setup', ...mesonOptions, 'build'], sources);
	await compile(path.join(sources, 'build'));
	say(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
	return path.join(sources, 'build', 'mediasoup-worker');
}

/**
 * @param {string} sources
 * @param {{ file: string, expected: string, replacement: string }} patch `expected` must be there exactly once
 */
async function applyPatch(sources, { file, expected, replacement }) {
	const target = path.join(sources, file);
	const parts = (await readFile(target, 'utf8')).split(expected);
	if (parts.length !== 2) {
		throw new SetupError(
			`mediasoup's worker/${file} should contain "${expected}" once and contains it ${parts.length - 1} times; ` +
				'this version of mediasoup needs a new look at setup/worker/recipe.mjs',
		);
	}
	await writeFile(target, parts.join(replacement));
}

/** @param {string} buildDir where meson has prepared the build */
async function compile(buildDir) {
	const bar = progress('Building the mediasoup worker');
	try {
		await runStep('ninja', ['mediasoup-worker'], buildDir, (text) => {
			for (const [, done, all] of text.matchAll(/^\[(\d+)\/(\d+)\]/gm))
				bar.update(Number(done) / Number(all));
		});
	} finally {
		bar.end();
	}
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {(text: string) => void} [onText]
 */
async function runStep(command, args, cwd, onText) {
	const { code, output } = await runQuietly(command, args, { cwd, onText });
	if (code !== 0) throw new SetupError(`${command} ended with code ${code}\n${lastLines(output)}`);
}
