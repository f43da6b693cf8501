import { Worker } from 'node:worker_threads';
import { CodedError } from '#shared/errors.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import type { Failure, FromThread, Part, Settings, ToThread } from './lanes.ts';

/** In ms; longer than any statement may take. */
const closeTimeout = 15_000;

type PendingAnswer = { resolve: (value: unknown) => void; reject: (error: Error) => void };

function errorOf(failure: Failure): Error {
	if (failure.kind === 'coded') return CodedError.fromWire(failure.error);
	const error = new Error(failure.message);
	error.stack = failure.stack;
	return Object.assign(error, { code: failure.code });
}

/** One thread of the store, and its unanswered requests. */
export class StoreThread {
	readonly #worker: Worker;
	readonly #log: Log;
	readonly #pending = new Map<number, PendingAnswer>();
	readonly #started: Promise<void>;
	/** Resolves when the thread has ended, for any reason. */
	readonly ended: Promise<void>;
	#lastId = 0;
	#state: 'open' | 'closing' | 'gone' = 'open';

	private constructor(settings: Settings, log: Log) {
		this.#log = log;
		this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: settings });
		this.#started = new Promise((resolve, reject) => {
			this.#worker.once('error', reject);
			this.#worker.on('message', (message: FromThread) => {
				if (message.kind === 'ready') resolve();
				else if (message.kind === 'unable') {
					const { forOperators, failure } = message;
					reject(forOperators === null ? errorOf(failure) : new StartError(forOperators));
				} else this.#onMessage(message);
			});
		});
		this.ended = new Promise((resolve) => {
			this.#worker.once('exit', () => {
				this.#onEnded(new Error('the store is closed'));
				resolve();
			});
		});
		this.#worker.once('error', (error) =>
			this.#onEnded(error instanceof Error ? error : new Error(String(error))),
		);
	}

	/**
	 * Resolves when the database is open.
	 *
	 * @throws {StartError}
	 */
	static async start(settings: Settings, log: Log): Promise<StoreThread> {
		const thread = new StoreThread(settings, log);
		await thread.#started;
		return thread;
	}

	ask(part: Part, method: string, args: unknown[]): Promise<unknown> {
		if (this.#state !== 'open') return Promise.reject(new Error('the store is closed'));
		return new Promise((resolve, reject) => {
			const id = ++this.#lastId;
			// Throws if an argument cannot be sent, which rejects the promise.
			this.#worker.postMessage({ id, part, method, args } satisfies ToThread);
			this.#pending.set(id, { resolve, reject });
		});
	}

	/** Waits a bounded time for outstanding answers: a database that is away gives none. */
	async close(): Promise<void> {
		if (this.#state === 'open') {
			this.#state = 'closing';
			this.#worker.postMessage(null satisfies ToThread);
		}
		const overdue = setTimeout(() => void this.#worker.terminate(), closeTimeout);
		await this.ended;
		clearTimeout(overdue);
	}

	#onMessage(message: Exclude<FromThread, { kind: 'ready' | 'unable' }>): void {
		if (message.kind === 'warning') {
			this.#log.warn({ err: errorOf(message.failure) }, message.text);
			return;
		}
		const pending = this.#pending.get(message.id);
		this.#pending.delete(message.id);
		if (message.kind === 'answer') pending?.resolve(message.value);
		else pending?.reject(errorOf(message.failure));
	}

	#onEnded(error: Error): void {
		if (this.#state === 'open') this.#log.error({ err: error }, 'a thread of the store ended');
		this.#state = 'gone';
		for (const { reject } of this.#pending.values()) reject(error);
		this.#pending.clear();
	}
}
