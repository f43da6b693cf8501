import type { App } from './app.ts';
import type { Log } from './platform/log.ts';

/** How long closing may take, in ms: after a signal, and after an uncaught failure. */
const closingTimeout = { signal: 20_000, failure: 5_000 };

/** The exit code after a failure, on which a supervisor restarts the service. 1 means that it cannot start. */
export const failureCode = 70;

/**
 * Ends the process in order (SERVICE-3, SERVICE-2). SIGTERM drains first. A second SIGTERM, or SIGINT, ends the drain.
 * After an uncaught failure the state of the service is unknown: it logs the failure, tells the rooms and ends.
 */
export function endInOrder(app: App, log: Log): void {
	let isEnding = false;
	const end = (code: number, within: number) => {
		if (isEnding) return;
		isEnding = true;
		setTimeout(() => {
			log.error({ within }, 'closing the service took too long');
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
		if (isDraining) return end(0, closingTimeout.signal);
		isDraining = true;
		app.drain().then(
			() => end(0, closingTimeout.signal),
			() => end(1, closingTimeout.signal),
		);
	});
	process.on('SIGINT', () => end(0, closingTimeout.signal));
	let hasFailed = false;
	const fail = (error: unknown, origin: string) => {
		log.fatal(
			{ err: error, origin, ...app.census() },
			hasFailed ? 'the service failed again' : 'the service failed and ends',
		);
		hasFailed = true;
		end(failureCode, closingTimeout.failure);
	};
	process.on('uncaughtException', (error, origin) => fail(error, origin));
	process.on('unhandledRejection', (reason) => fail(reason, 'unhandledRejection'));
}
