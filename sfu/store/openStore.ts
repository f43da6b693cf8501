import type { Config } from '../config.ts';
import { CodedError, type WireError } from '#shared/errors.ts';
import type { Log } from '../log.ts';
import { lanes, type Lane, type Part } from './lanes.ts';
import type { LocalStore } from './localStore.ts';
import type { Posted, Store } from './store.ts';
import { StoreThread } from './storeThread.ts';

/**
 * Opens the database that the configuration names, in threads of its own, and brings its tables up to date.
 *
 * @throws {StartError} naming `data.dir` or `data.databaseUrl` when it cannot be used.
 */
export async function openStore(config: Config['data'], log: Log): Promise<Store> {
	const start = (lane: Lane) => StoreThread.start({ ...config, lane }, log);
	const write = new Lasting(() => start('write'));
	await write.thread();
	// PostgreSQL sees to it itself that those who read and those who write do not wait for each other.
	const read = config.databaseUrl ? write : new Lasting(() => start('read'));
	await read.thread();

	const ask = async (part: Part, method: string, lane: Lane, args: unknown[]) => {
		const thread = await (lane === 'write' ? write : read).thread();
		return thread.ask(part, method, args);
	};
	/** The methods of a part, each of which asks the thread. */
	const remote = <P extends Part>(part: P): LocalStore[P] =>
		Object.fromEntries(
			Object.entries<Lane>(lanes[part]).map(([method, lane]) => [
				method,
				(...args: unknown[]) => ask(part, method, lane, args),
			]),
		) as LocalStore[P];

	const { exportAfter, ...chats } = remote('chats');
	return {
		people: remote('people'),
		accounts: remote('accounts'),
		sessions: remote('sessions'),
		rooms: remote('rooms'),
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
		files: remote('files'),
		calls: remote('calls'),
		tokens: remote('tokens'),
		contacts: remote('contacts'),
		blocks: remote('blocks'),
		directs: remote('directs'),
		rings: remote('rings'),
		moderation: remote('moderation'),
		ping: remote('database').ping,
		close: async () => {
			await read.close();
			await write.close();
		},
	};
}

/** What crossed over from the thread as data is an error again. */
function withError(posted: Posted): Posted {
	if (posted.kind !== 'refused') return posted;
	const { code, message }: WireError = posted.error;
	return { kind: 'refused', error: new CodedError(code, message) };
}

/** A thread, or the next one after it broke down. */
class Lasting {
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
