/** Builds the front end when its sources changed. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runInForeground, runQuietly } from './run.mjs';
import { SetupError, say } from './say.mjs';

/** Everything that the build reads. */
const sources = ['web', 'shared', 'package.json', 'package-lock.json'];

/** What is made, not written, or belongs to nobody's sources. */
const skipped = new Set(['build', 'node_modules']);

/** The build is there when this file is, and up to date when the stamp holds its sources' hash. */
const page = inProject('web', 'build', 'index.html');
const stamp = inProject('.cache', 'frontend');

/**
 * Builds the front end unless the one in place was built from exactly these sources. What the build
 * prints is shown only if it fails.
 *
 * @param {string} node the Node that runs the build
 */
export async function ensureFrontEnd(node) {
	const inPlace = await readFile(stamp, 'utf8').catch(() => undefined);
	if (inPlace === (await sourcesHash()) && existsSync(page)) return;
	say('Building the front end …');
	await build(async (args, options) => {
		const { code, output } = await runQuietly(node, args, options);
		if (code !== 0) say(output);
		return code;
	});
}

/**
 * Writes SvelteKit's types unless they are there: its tsconfig.json is read by whatever loads the front end's
 * sources, tests too.
 *
 * @param {string} node the Node that writes them
 */
export async function ensureTypes(node) {
	if (existsSync(inProject('web', '.svelte-kit', 'tsconfig.json'))) return;
	const { code, output } = await runQuietly(node, [tool('svelte-kit'), 'sync'], {
		cwd: inProject('web'),
		env: withProjectTools(),
	});
	if (code !== 0) throw new SetupError(`SvelteKit's types could not be written: ${output}`);
}

/**
 * Builds the front end in any case, and shows what the build prints.
 *
 * @param {string} node the Node that runs the build
 */
export async function buildFrontEnd(node) {
	await build((args, options) => runInForeground(node, args, options));
}

/** @param {(args: string[], options: { cwd: string, env: NodeJS.ProcessEnv }) => Promise<number>} run */
async function build(run) {
	// Taken before the build: what changes while it runs is not in it. The old stamp goes first, so
	// that a build that fails leaves no word that all is well.
	const hash = await sourcesHash();
	await rm(stamp, { force: true });
	const code = await run([tool('vite'), 'build'], {
		cwd: inProject('web'),
		env: withProjectTools(),
	});
	if (code !== 0) {
		throw new SetupError(
			`The front end could not be built: vite ended with code ${code}; its message is above.`,
		);
	}
	await mkdir(path.dirname(stamp), { recursive: true });
	await writeFile(stamp, hash);
}

/** @returns {Promise<string>} changes whenever a source changes, appears or goes */
async function sourcesHash() {
	const hash = createHash('sha256');
	const add = async (/** @type {string} */ relative) => {
		const entries = await readdir(inProject(relative), { withFileTypes: true }).catch(
			() => undefined,
		);
		if (!entries) {
			hash.update(relative).update(await readFile(inProject(relative)));
			return;
		}
		for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
			if (!skipped.has(name) && !name.startsWith('.')) await add(path.join(relative, name));
		}
	};
	for (const source of sources) await add(source);
	return hash.digest('hex');
}
