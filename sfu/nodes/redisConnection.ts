import { createClient, type RedisClientType } from '@redis/client';
import { CodedError } from '#shared/errors.ts';
import type { Log } from '../platform/log.ts';

/** In ms: how long Redis may take to accept a connection, and to answer. */
const connectTimeout = 2_000;
/** How long to wait before the next attempt to connect, in ms. */
const retryEvery = 200;

type Client = RedisClientType;

/** What a wait for Redis ends with when its time is over. */
const tooLate = Symbol('too late');

/**
 * A connection to Redis that is made anew whenever it breaks or Redis does not answer in time. A command is sent once:
 * one that fails may have been carried out.
 */
export class RedisConnection {
	readonly #url: string;
	readonly #log: Log;
	readonly #answerTimeout: number;
	#client: Client | null = null;
	#retryTimer: NodeJS.Timeout | null = null;
	#closed = false;

	private constructor(url: string, log: Log, answerTimeout: number) {
		this.#url = url;
		this.#log = log;
		this.#answerTimeout = answerTimeout;
	}

	/**
	 * @param answerTimeout how long a command may take, in ms.
	 * @throws {Error} that says why Redis cannot be reached.
	 */
	static async open(url: string, log: Log, answerTimeout = 1_000): Promise<RedisConnection> {
		const connection = new RedisConnection(url, log, answerTimeout);
		await connection.#connect();
		return connection;
	}

	/** Whether Redis seems to be there. */
	get isConnected(): boolean {
		return this.#client !== null;
	}

	/** @throws {CodedError} UNAVAILABLE if Redis is away or does not answer in time; {Error} if it refuses. */
	async send(...command: string[]): Promise<unknown> {
		const client = this.#client;
		if (!client) throw new CodedError('UNAVAILABLE');
		let answer: unknown;
		try {
			answer = await within(this.#answerTimeout, client.sendCommand(command));
		} catch (error) {
			// Redis answered with an error, or the connection broke.
			if (client.isReady) throw error;
			throw new CodedError('UNAVAILABLE');
		}
		if (answer !== tooLate) return answer;
		this.#drop(client, new Error('Redis did not answer in time'));
		throw new CodedError('UNAVAILABLE');
	}

	/** Carries out a script, at one moment and as a whole. */
	async run(script: string, ...values: (string | number)[]): Promise<unknown> {
		return this.send('EVAL', script, '0', ...values.map(String));
	}

	close(): void {
		this.#closed = true;
		if (this.#retryTimer) clearTimeout(this.#retryTimer);
		this.#client?.destroy();
		this.#client = null;
	}

	async #connect(): Promise<void> {
		const client: Client = createClient({
			url: this.#url,
			socket: { connectTimeout, reconnectStrategy: false },
			disableOfflineQueue: true,
			maintNotifications: 'disabled',
			RESP: 3,
		});
		client.on('error', (error: Error) => this.#drop(client, error));
		try {
			if ((await within(connectTimeout, client.connect())) === tooLate)
				throw new Error('it does not answer');
		} catch (error) {
			client.destroy();
			throw error;
		}
		if (this.#closed) client.destroy();
		else this.#client = client;
	}

	/** This client is of no use any more. */
	#drop(client: Client, error: Error): void {
		client.destroy();
		if (client !== this.#client) return;
		this.#client = null;
		this.#log.warn({ err: error }, 'the connection to Redis was lost');
		this.#retry();
	}

	#retry(): void {
		if (this.#closed) return;
		this.#retryTimer = setTimeout(() => {
			this.#connect().then(
				() => this.#log.info('connected to Redis again'),
				() => this.#retry(),
			);
		}, retryEvery);
	}
}

/** What the promise resolves with, or `tooLate` after so many ms. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof tooLate> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<typeof tooLate>((resolve) => {
		timer = setTimeout(() => resolve(tooLate), ms);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}
