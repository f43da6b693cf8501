import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '#shared/errors.ts';
import { StartError } from '../../platform/startError.ts';
import { lanes, type Failure, type FromThread, type Settings, type ToThread } from './lanes.ts';
import { localStore } from './localStore.ts';
import type { Database } from '../database/database.ts';

// A thread of the store: opens the database and answers the requests of `StoreThread`. Waiting for the disk and work on
// rows never block the thread that serves sockets.

function failureOf(error: unknown): Failure {
	if (error instanceof CodedError) return { kind: 'coded', error: error.toWire() };
	if (!(error instanceof Error))
		return { kind: 'other', message: String(error), code: '', stack: '' };
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	return { kind: 'other', message: error.message, code, stack: error.stack ?? '' };
}

/** Refusals are values here, not rejections, and contain errors all the same. */
function asData(value: unknown): unknown {
	if (!Array.isArray(value)) return value;
	return value.map((item: unknown) =>
		typeof item === 'object' && item !== null && 'error' in item && item.error instanceof CodedError
			? { ...item, error: item.error.toWire() }
			: item,
	);
}

/** Loads the client of the configured database alone. */
async function open(
	{ dir, databaseUrl, lane }: Settings,
	lost: (error: Error) => void,
): Promise<Database> {
	if (databaseUrl) {
		const { openPostgres } = await import('../database/postgres.ts');
		return openPostgres(databaseUrl, lost);
	}
	const { openSqlite } = await import('../database/sqlite.ts');
	return openSqlite(dir, lane);
}

const port = parentPort;
if (!port) throw new Error('this file is for a thread of its own');
const tell = (message: FromThread) => port.postMessage(message);

async function serve(): Promise<void> {
	const lost = (error: Error) =>
		tell({ kind: 'warning', text: 'a database connection was lost', failure: failureOf(error) });
	const database = await open(workerData as Settings, lost);
	const store = localStore(database);
	const running = new Set<Promise<void>>();

	async function answer({ id, part, method, args }: NonNullable<ToThread>): Promise<void> {
		try {
			if (!Object.hasOwn(lanes[part], method)) throw new Error(`no method ${part}.${method}`);
			const methods = store[part] as Record<string, (...args: unknown[]) => Promise<unknown>>;
			tell({ kind: 'answer', id, value: asData(await methods[method]?.(...args)) });
		} catch (error) {
			tell({ kind: 'failure', id, failure: failureOf(error) });
		}
	}

	port?.on('message', (message: ToThread) => {
		if (message) {
			const answered = answer(message).finally(() => running.delete(answered));
			running.add(answered);
			return;
		}
		// No message can arrive any more, so the thread ends by itself.
		void Promise.all(running)
			.then(() => database.close())
			.finally(() => port.close());
	});
	tell({ kind: 'ready' });
}

serve().catch((error: unknown) => {
	tell({
		kind: 'unable',
		forOperators: error instanceof StartError ? error.message : null,
		failure: failureOf(error),
	});
	port.close();
});
