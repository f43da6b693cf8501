import type { App } from './app.ts';
import type { Log } from './log.ts';

/** How long closing may take, in ms: after a signal, and after a failure that nobody caught. */
const patience = { signal: 20_000, failure: 5_000 };

/** What a service that fails exits with, so that whatever watches it starts it again. 1 is for one that cannot start. */
export const failureCode = 70;

/**
 * Ends the process in order, however it ends (R174, R175). SIGTERM drains first; a second one, or SIGINT, does not wait any longer.
 * After a failure that nobody caught nothing is known to be as it should: it is logged, the rooms are told, and the process ends.
 */
export function endInOrder(app: App, log: Log): void {
	let isEnding = false;
	const end = (code: number, within: number) => {
		if (isEnding) return;
		isEnding = true;
		setTimeout(() => {
			log.error({ within }, 'closing took too long');
			process.exit(code);
		}, within);
		app.close().then(
			() => process.exit(code),
			(error: unknown) => {
				log.error({ err: error }, 'the service could not be closed in order');
				process.exit(code || 1);
			},
		);
	};
	let isDraining = false;
	process.on('SIGTERM', () => {
		if (isDraining) return end(0, patience.signal);
		isDraining = true;
		app.drain().then(
			() => end(0, patience.signal),
			() => end(1, patience.signal),
		);
	});
	process.on('SIGINT', () => end(0, patience.signal));
	let hasFailed = false;
	const fail = (error: unknown, origin: string) => {
		log.fatal(
			{ err: error, origin, ...app.census() },
			hasFailed ? 'failed again' : 'the service failed and ends',
		);
		hasFailed = true;
		end(failureCode, patience.failure);
	};
	process.on('uncaughtException', (error, origin) => fail(error, origin));
	process.on('unhandledRejection', (reason) => fail(reason, 'unhandledRejection'));
}
