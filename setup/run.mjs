/** Starting other programs: in the foreground, or with their output kept. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { inProject } from './project.mjs';

const stopSignals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program in the foreground, with our terminal, until it ends.
 *
 * Whoever stops us means the program: SIGTERM and SIGHUP are passed on. SIGINT is passed on only
 * without a terminal, because Ctrl-C on a terminal already reaches the program, and a second SIGINT
 * means "stop at once" to many programs. Once it has ended so do we, with its exit code: nothing
 * that would come after it is wanted any more.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `cwd` is the project's folder if not given
 * @returns {Promise<number>} the exit code; 128 + the signal's number if a signal ended it
 */
export async function runInForeground(command, args, { cwd = inProject(), env } = {}) {
	const child = spawn(command, args, { cwd, env, stdio: 'inherit' });
	let told = false;
	const passOn = (/** @type {NodeJS.Signals} */ signal) => {
		told = true;
		if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
	};
	for (const signal of stopSignals) process.on(signal, passOn);
	try {
		const code = exitCode(await once(child, 'exit'));
		if (told) process.exit(code);
		return code;
	} finally {
		for (const signal of stopSignals) process.off(signal, passOn);
	}
}

/**
 * Runs a program without input and keeps what it writes, to be shown only if it fails.
 *
 * It gets a process group of its own, so that what it starts ends with it: killed when the time is
 * over, asked to stop when we are.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, onText?: (text: string) => void }} [options]
 *   `cwd` is the project's folder if not given; `onText` gets the output as it comes
 * @returns {Promise<{ code: number, output: string }>} a program that cannot be started answers 127
 */
export async function runQuietly(
	command,
	args,
	{ cwd = inProject(), env, timeoutMs, onText } = {},
) {
	const child = spawn(command, args, {
		cwd,
		env,
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
			output += text;
			onText?.(text);
		});
	}

	const stopGroup = (/** @type {NodeJS.Signals} */ signal) => {
		try {
			if (child.pid) process.kill(-child.pid, signal);
		} catch {
			// It has ended already.
		}
	};
	const stopWithUs = (/** @type {NodeJS.Signals} */ signal) => {
		stopGroup('SIGTERM');
		process.exit(128 + constants.signals[signal]);
	};
	for (const signal of stopSignals) process.on(signal, stopWithUs);
	const timer = timeoutMs ? setTimeout(stopGroup, timeoutMs, 'SIGKILL') : undefined;
	try {
		return { code: exitCode(await once(child, 'close')), output };
	} catch (error) {
		return { code: 127, output: /** @type {Error} */ (error).message };
	} finally {
		clearTimeout(timer);
		for (const signal of stopSignals) process.off(signal, stopWithUs);
	}
}

/**
 * @param {number[] | [number | null, NodeJS.Signals | null]} ended the arguments of a child's "exit" event
 * @returns {number}
 */
function exitCode([code, signal]) {
	return code ?? 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)];
}

/**
 * @param {string} output
 * @param {number} [lines]
 * @returns {string} the last lines, indented, for the end of an error message
 */
export function lastLines(output, lines = 15) {
	return output
		.trimEnd()
		.split('\n')
		.slice(-lines)
		.map((line) => `  | ${line}`)
		.join('\n');
}
