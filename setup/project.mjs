/** Where the project is, and the environment its tools run in. */

import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top folder of the checkout. */
const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/**
 * @param {...string} parts
 * @returns {string} the absolute path of a file of the project
 */
export function inProject(...parts) {
	return path.join(projectDir, ...parts);
}

/**
 * @param {string} name
 * @returns {string} the path of a program that a package brings, to be run with Node
 */
export function tool(name) {
	return path.join(binDir, name);
}

const binDir = inProject('node_modules', '.bin');

/**
 * The environment with the project's own tools first on the PATH, so that a `node` started by a
 * tool is the same as the one that runs the tool.
 *
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function withProjectTools(extra = {}) {
	const { PATH, ...rest } = withoutProjectTools();
	return { ...rest, PATH: `${binDir}${path.delimiter}${PATH}`, ...extra };
}

/**
 * The environment as the person's shell has it: `npm run` puts `node_modules/.bin` first on the
 * PATH, and there is the pinned Node, which must not run the npm that is about to replace it.
 *
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function withoutProjectTools(extra = {}) {
	const PATH = (process.env.PATH ?? '')
		.split(path.delimiter)
		.filter((dir) => path.resolve(dir) !== binDir)
		.join(path.delimiter);
	return { ...process.env, PATH, ...extra };
}
