import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import * as v from 'valibot';
import { CodedError, errorCode } from '#shared/errors.ts';
import type { Log } from '../platform/log.ts';
import type { RedisConnection } from './redisConnection.ts';

/** The stream in Redis. */
const stream = 'parley:news';
/** For how long it holds what was told, in ms: a node that hears nothing for longer has missed something. */
const keptFor = 60_000;
/** How long one wait for news lasts, in ms. The connection that reads must allow for more. */
export const readingTime = 2_000;
/** How long to wait before the next attempt after a failure, in ms. */
const retryEvery = 200;
/** How much may wait for Redis. What does not fit is lost, and the others learn that something is. */
const maxWaiting = 20_000;
/** How long another node may take to answer, in ms. */
const answerTime = 5_000;

/** A question to one node, its answer, or an event for all of them. */
const item = v.union([
	v.object({ event: v.string(), args: v.array(v.unknown()) }),
	v.object({ to: v.string(), id: v.number(), ask: v.string(), args: v.array(v.unknown()) }),
	v.object({ to: v.string(), id: v.number(), answer: v.unknown() }),
	v.object({ to: v.string(), id: v.number(), failure: v.unknown() }),
]);
type Item = v.InferOutput<typeof item>;

/** What one node said at a time. `first` numbers the items of this run of the node. */
const batch = v.object({
	from: v.string(),
	run: v.string(),
	first: v.number(),
	items: v.array(item),
});

const coded = v.object({
	$coded: v.object({
		code: errorCode,
		message: v.string(),
		retryAfter: v.exactOptional(v.number()),
	}),
});

/** Errors cross as their code and words. */
const toText = (value: unknown) =>
	JSON.stringify(value, (_key, inner: unknown) =>
		inner instanceof CodedError ? { $coded: inner.toWire() } : inner,
	);
const fromText = (text: string): unknown =>
	JSON.parse(text, (_key, inner: unknown) => {
		const error = v.safeParse(coded, inner);
		return error.success ? CodedError.fromWire(error.output.$coded) : inner;
	});

type NewsEvents = {
	/** Something that another node told is lost: what was heard from the nodes may be out of date. */
	missed: [];
};

type Listener = (args: unknown[], from: string) => void;
type Answerer = (args: unknown[]) => unknown;
type Question = { resolve: (data: unknown) => void; reject: (error: unknown) => void };

/**
 * What the nodes of a service tell each other, by one stream in Redis: events for all of them, in the order in which each
 * node told them, and questions to one of them. While Redis is away it waits.
 */
export class News extends EventEmitter<NewsEvents> {
	readonly #ownId: string;
	readonly #run = randomUUID();
	readonly #writer: RedisConnection;
	readonly #reader: RedisConnection;
	readonly #log: Log;
	readonly #listeners = new Map<string, Listener>();
	readonly #answerers = new Map<string, Answerer>();
	readonly #questions = new Map<number, Question>();
	/** The number of the next item of each node, in its present run. */
	readonly #nextItems = new Map<string, { run: string; next: number }>();
	#waiting: string[] = [];
	/** The number of the first item that waits. */
	#first = 0;
	#lastQuestion = 0;
	#writing: Promise<void> | null = null;
	#position = '';
	#reading: Promise<void> = Promise.resolve();
	#closed = false;

	private constructor(ownId: string, writer: RedisConnection, reader: RedisConnection, log: Log) {
		super();
		this.#ownId = ownId;
		this.#writer = writer;
		this.#reader = reader;
		this.#log = log;
	}

	/**
	 * Reads what the nodes tell from now on.
	 *
	 * @param ownId the id of this node.
	 * @param reader a connection of its own, whose answers may take longer than `readingTime`.
	 * @throws {CodedError} UNAVAILABLE if Redis does not answer.
	 */
	static async open(
		ownId: string,
		writer: RedisConnection,
		reader: RedisConnection,
		log: Log,
	): Promise<News> {
		const news = new News(ownId, writer, reader, log);
		const last = v.parse(
			v.array(v.tuple([v.string(), v.unknown()])),
			await writer.send('XREVRANGE', stream, '+', '-', 'COUNT', '1'),
		);
		news.#position = last[0]?.[0] ?? '0-0';
		news.#reading = news.#read();
		return news;
	}

	/** Tells all other nodes. */
	tell(event: string, ...args: unknown[]): void {
		this.#add({ event, args });
	}

	/** Listens to what other nodes tell: the same program, with the arguments of its `tell`. One listener for each event. */
	listen<A extends unknown[]>(event: string, listener: (args: A, from: string) => void): void {
		this.#listeners.set(event, listener as Listener);
	}

	/** Answers what other nodes ask: with what it gives back, or the CodedError that it throws. */
	answer<A extends unknown[]>(ask: string, answerer: (args: A) => unknown): void {
		this.#answerers.set(ask, answerer as Answerer);
	}

	/**
	 * Asks another node.
	 *
	 * @throws {CodedError} what the node throws; UNAVAILABLE if no answer came in time.
	 */
	ask(node: string, ask: string, ...args: unknown[]): Promise<unknown> {
		const id = ++this.#lastQuestion;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				this.#questions.delete(id);
				reject(new CodedError('UNAVAILABLE'));
			}, answerTime);
			const done = <T>(settle: (value: T) => void) => {
				return (value: T) => {
					clearTimeout(timer);
					this.#questions.delete(id);
					settle(value);
				};
			};
			this.#questions.set(id, { resolve: done(resolve), reject: done(reject) });
			this.#add({ to: node, id, ask, args });
		});
	}

	/** What waits is written first, unless Redis is away. */
	async close(): Promise<void> {
		if (this.#closed) return;
		await Promise.race([this.#writing, pause()]);
		this.#closed = true;
		for (const { reject } of this.#questions.values()) reject(new CodedError('UNAVAILABLE'));
		this.#reader.close();
		await this.#reading;
	}

	#add(one: Item): void {
		if (this.#closed) return;
		this.#waiting.push(toText(one));
		if (this.#waiting.length > maxWaiting) {
			this.#first += this.#waiting.length;
			this.#waiting = [];
			this.#log.warn('Redis was away for so long that news to other nodes were lost');
		}
		this.#writing ??= this.#write().finally(() => (this.#writing = null));
	}

	/** Writes what waits, as one batch at a time. Never rejects. */
	async #write(): Promise<void> {
		// What is told within one turn is one batch.
		await Promise.resolve();
		while (this.#waiting.length > 0 && !this.#closed) {
			const [items, first] = [[...this.#waiting], this.#first];
			const head = JSON.stringify({ from: this.#ownId, run: this.#run, first });
			const text = `${head.slice(0, -1)},"items":[${items.join(',')}]}`;
			try {
				await this.#writer.send(
					...['XADD', stream, 'MINID', '~', String(Date.now() - keptFor), '*', 'batch', text],
				);
			} catch (error) {
				// It may have been carried out: whoever hears items a second time leaves them out.
				if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'news were not told');
				await pause();
				continue;
			}
			// It is empty if it grew too long meanwhile.
			if (this.#first !== first) continue;
			this.#waiting = this.#waiting.slice(items.length);
			this.#first += items.length;
		}
	}

	async #read(): Promise<void> {
		while (!this.#closed) {
			let found: [string, string][];
			try {
				found = entriesIn(
					await this.#reader.send(
						...['XREAD', 'COUNT', '200', 'BLOCK', String(readingTime)],
						...['STREAMS', stream, this.#position],
					),
				);
			} catch (error) {
				if (this.#closed) return;
				if (!(error instanceof CodedError)) this.#log.error({ err: error }, 'news cannot be read');
				await pause();
				continue;
			}
			for (const [position, text] of found) {
				this.#position = position;
				try {
					this.#receive(v.parse(batch, fromText(text)));
				} catch (error) {
					this.#log.error({ err: error }, 'what another node told could not be taken in');
				}
			}
		}
	}

	#receive({ from, run, first, items }: v.InferOutput<typeof batch>): void {
		if (from === this.#ownId) return;
		const before = this.#nextItems.get(from);
		const known = before?.run === run ? before.next : null;
		// Of a node that was not heard before, it may have begun earlier.
		if (known !== null && first > known) this.emit('missed');
		this.#nextItems.set(from, { run, next: Math.max(known ?? 0, first + items.length) });
		const repeated = Math.max(0, (known ?? first) - first);
		for (const one of items.slice(repeated)) this.#deliver(one, from);
	}

	#deliver(one: Item, from: string): void {
		if ('to' in one && one.to !== this.#ownId) return;
		try {
			if ('event' in one) this.#listeners.get(one.event)?.(one.args, from);
			else if ('ask' in one) void this.#answer(one, from);
			else if ('failure' in one) this.#questions.get(one.id)?.reject(one.failure);
			else this.#questions.get(one.id)?.resolve(one.answer);
		} catch (error) {
			this.#log.error({ err: error, from }, 'news of another node could not be taken in');
		}
	}

	async #answer({ id, ask, args }: Extract<Item, { ask: string }>, to: string): Promise<void> {
		try {
			const answerer = this.#answerers.get(ask);
			if (!answerer) throw new CodedError('UNKNOWN_REQUEST');
			this.#add({ to, id, answer: (await answerer(args)) ?? null });
		} catch (error) {
			if (!(error instanceof CodedError))
				this.#log.error({ err: error, ask }, 'a question of another node failed');
			const failure = error instanceof CodedError ? error : new CodedError('INTERNAL');
			this.#add({ to, id, failure });
		}
	}
}

const pause = () => new Promise((resolve) => setTimeout(resolve, retryEvery));

const entry = v.tuple([v.string(), v.tuple([v.literal('batch'), v.string()])]);

/** Positions and texts in an answer to XREAD: nothing, or the entries by stream. */
function entriesIn(answer: unknown): [string, string][] {
	if (answer === null) return [];
	const byStream =
		answer instanceof Map ? answer.get(stream) : (answer as Record<string, unknown>)[stream];
	return v.parse(v.array(entry), byStream).map(([position, [, text]]) => [position, text]);
}
