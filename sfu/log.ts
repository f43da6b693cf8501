import { pino, type Logger } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/**
 * The one log: JSON lines, or readable lines where a person watches. One `info` line for each change
 * of life (a room opens, a worker is replaced); never tokens, message text or credentials.
 */
export function createLog(config: Config['log']): Log {
	const options = { level: config.level, base: null };
	// The greeting goes there too. What cannot be said must not end calls.
	process.stdout.on('error', () => undefined);
	if (!process.stdout.isTTY) return pino(options, standardOutput());
	const transport = {
		target: 'pino-pretty',
		options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
	};
	return pino({ ...options, transport });
}

/** What may wait for a place that takes nothing, in bytes; then lines are left out. */
const mostWaiting = 256 * 1024;

/** Lines go out one by one. A full disk behind it costs lines, and not the service. */
function standardOutput() {
	const output = pino.destination({ dest: 1, sync: true, maxLength: mostWaiting });
	output.on('error', () => undefined);
	// After a fatal line it would try for ever to write what the disk does not take. Nothing else waits.
	output.flushSync = () => undefined;
	return output;
}
