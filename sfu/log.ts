import { pino, type Logger } from 'pino';
import type { Config } from './config.ts';

export type Log = Logger;

/**
 * The one log: JSON lines, or readable lines where a person watches. One `info` line for each change
 * of life (a room opens, a worker is replaced); never tokens, message text or credentials.
 */
export function createLog(config: Config['log']): Log {
	const readable = process.stdout.isTTY
		? {
				transport: {
					target: 'pino-pretty',
					options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
				},
			}
		: {};
	return pino({ level: config.level, base: null, ...readable });
}
