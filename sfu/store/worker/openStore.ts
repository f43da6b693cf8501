import type { Config } from '../../platform/config.ts';
import { CodedError, type WireError } from '#shared/errors.ts';
import type { Log } from '../../platform/log.ts';
import type { Tracing } from '../../platform/tracing.ts';
import { lanes, type Lane, type Part } from './lanes.ts';
import type { LocalStore } from './localStore.ts';
import type { Posted, Store } from '../api/store.ts';
import { StoreThread } from './storeThread.ts';

/**
 * Opens the configured database in threads of its own, and updates its tables.
 *
 * @param stored is told of each question that was answered.
 * @throws {StartError} naming `data.dir` or `data.databaseUrl` if it cannot be used.
 */
export async function openStore(
	config: Config['data'],
	log: Log,
	stored?: Tracing['stored'],
): Promise<Store> {
	const start = (lane: Lane) => StoreThread.start({ ...config, lane }, log);
	const write = new RestartingThread(() => start('write'));
	await write.thread();
	// In PostgreSQL readers and writers do not wait for each other.
	const read = config.databaseUrl ? write : new RestartingThread(() => start('read'));
	// The start does not wait for the reading thread: the first question to it does.
	read.thread().catch(() => undefined);

	const ask = async (part: Part, method: string, lane: Lane, args: unknown[]) => {
		const began = performance.now();
		let isFailure = false;
		try {
			const thread = await (lane === 'write' ? write : read).thread();
			return await thread.ask(part, method, args);
		} catch (error) {
			// A refusal is an answer.
			isFailure = !(error instanceof CodedError);
			throw error;
		} finally {
			stored?.({ part, method, lane }, performance.now() - began, isFailure);
		}
	};
	/** The methods of a part, each of which sends a request to the thread. */
	const remote = <P extends Part>(part: P): LocalStore[P] =>
		Object.fromEntries(
			Object.entries<Lane>(lanes[part]).map(([method, lane]) => [
				method,
				(...args: unknown[]) => ask(part, method, lane, args),
			]),
		) as LocalStore[P];

	const parts = Object.fromEntries(
		Object.keys(lanes).map((part) => [part, remote(part as Part)]),
	) as LocalStore;
	const {
		chats: { exportAfter, ...chats },
		database,
		...others
	} = parts;
	return {
		...others,
		chats: {
			...chats,
			post: async (posts) => (await chats.post(posts)).map(withError),
			async *export(key) {
				let last = 0;
				for (;;) {
					const messages = await exportAfter(key, last);
					yield* messages;
					const end = messages.at(-1);
					if (!end) return;
					last = end.seq;
				}
			},
		},
		ping: database.ping,
		close: async () => {
			await read.close();
			await write.close();
		},
	};
}

/** Turns the data that crossed from the thread into an error again. */
function withError(posted: Posted): Posted {
	if (posted.kind !== 'refused') return posted;
	const error: WireError = posted.error;
	return { kind: 'refused', error: CodedError.fromWire(error) };
}

/** A thread, and its replacement after it broke down. */
class RestartingThread {
	readonly #start: () => Promise<StoreThread>;
	#thread: Promise<StoreThread> | null = null;
	#closed = false;

	constructor(start: () => Promise<StoreThread>) {
		this.#start = start;
	}

	thread(): Promise<StoreThread> {
		if (this.#closed) return Promise.reject(new Error('the store is closed'));
		if (this.#thread) return this.#thread;
		const starting = this.#start();
		const forget = () => {
			if (this.#thread === starting) this.#thread = null;
		};
		starting.then((thread) => thread.ended.then(forget), forget);
		this.#thread = starting;
		return starting;
	}

	async close(): Promise<void> {
		this.#closed = true;
		const thread = await this.#thread?.catch(() => null);
		await thread?.close();
	}
}
