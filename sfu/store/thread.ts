import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '#shared/errors.ts';
import { StartError } from '../startError.ts';
import { lanes, type Failure, type FromThread, type Settings, type ToThread } from './lanes.ts';
import { localStore } from './localStore.ts';
import { openDatabase } from './openDatabase.ts';

// A thread of the store: opens the database and answers what `StoreThread` asks. Nothing of the
// database, neither its waiting for the disk nor the work on its rows, is done where sockets are served.

function failureOf(error: unknown): Failure {
	if (error instanceof CodedError) return { kind: 'coded', error: error.toWire() };
	if (!(error instanceof Error))
		return { kind: 'other', message: String(error), code: '', stack: '' };
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	return { kind: 'other', message: error.message, code, stack: error.stack ?? '' };
}

/** Refusals are values here, not rejections, and hold errors all the same. */
function asData(value: unknown): unknown {
	if (!Array.isArray(value)) return value;
	return value.map((item: unknown) =>
		typeof item === 'object' && item !== null && 'error' in item && item.error instanceof CodedError
			? { ...item, error: item.error.toWire() }
			: item,
	);
}

const port = parentPort;
if (!port) throw new Error('this file is for a thread of its own');
const tell = (message: FromThread) => port.postMessage(message);

async function serve(): Promise<void> {
	const database = await openDatabase(workerData as Settings, (error) =>
		tell({ kind: 'warning', text: 'a database connection was lost', failure: failureOf(error) }),
	);
	const store = localStore(database);
	const underWay = new Set<Promise<void>>();

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
			const answered = answer(message).finally(() => underWay.delete(answered));
			underWay.add(answered);
			return;
		}
		// Nothing is left to hear, so the thread ends by itself.
		void Promise.all(underWay)
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
