import { pino, type Logger } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/**
 * The one log: JSON lines, or readable lines in a terminal. One `info` line for each change of life (a room opens, a
 * worker is replaced), `debug` for requests, changes of place and decisions about media; never tokens, message text or
 * credentials.
 */
export function createLog(config: Config['log']): Log {
	const options = { level: config.level, base: null };
	// The greeting goes to stdout too. An error of stdout must not end calls.
	process.stdout.on('error', () => undefined);
	if (!process.stdout.isTTY) return pino(options, standardOutput());
	const transport = {
		target: 'pino-pretty',
		options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
	};
	return pino({ ...options, transport });
}

/** How many bytes of lines may wait for an output that does not accept them. Further lines are dropped. */
const maxPendingBytes = 256 * 1024;

/** Writes lines one by one. If the disk behind it is full, lines are lost and the service goes on. */
function standardOutput() {
	const output = pino.destination({ dest: 1, sync: true, maxLength: maxPendingBytes });
	output.on('error', () => undefined);
	// After a fatal line pino would retry for ever to write to a full disk. No other line waits.
	output.flushSync = () => undefined;
	return output;
}
