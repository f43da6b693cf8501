/**
 * How the setup talks: short lines on standard error, so that standard output belongs to the
 * program that is started. On a terminal a running percentage rewrites its own line; in a log file
 * it prints a new line every tenth.
 */

/** A failure that is explained to the person in its message; no stack trace is shown for it. */
export class SetupError extends Error {}

/** @param {string} text one or more lines */
export function say(text) {
	process.stderr.write(`${text}\n`);
}

/**
 * Shows how far a long piece of work is.
 *
 * @param {string} label what is being done
 * @returns {{ update(fraction: number): void, end(): void }} `fraction` is between 0 and 1
 */
export function progress(label) {
	const terminal = process.stderr.isTTY;
	const smallestStep = terminal ? 1 : 10;
	let shown = -1;

	return {
		update(fraction) {
			const percent = Math.floor(fraction * 100);
			if (shown >= 0 && percent < shown + smallestStep) return;
			shown = percent - (percent % smallestStep);
			process.stderr.write(terminal ? `\r${label}: ${shown} %` : `${label}: ${shown} %\n`);
		},
		end() {
			if (terminal && shown >= 0) process.stderr.write('\n');
		},
	};
}

/**
 * Runs a setup command and ends the process with its exit code.
 *
 * @param {() => Promise<number>} command answers the exit code
 */
export async function runCommand(command) {
	try {
		process.exitCode = await command();
	} catch (error) {
		say(error instanceof SetupError ? error.message : String(/** @type {Error} */ (error).stack));
		process.exitCode = 1;
	}
}

/**
 * @param {unknown} error
 * @returns {string} one line that says why; the cause where the error itself only says "failed"
 */
export function reason(error) {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
