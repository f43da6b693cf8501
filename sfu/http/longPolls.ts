import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Chats } from '../chat/chats.ts';
import type { ChatKey } from '../store/store.ts';

/** Requests of one person that may wait at a time. */
const mostWaiting = 5;

type Input = Parsed<'chat:page'>;
type Page = Data<'chat:page'>;

/** What ends the waiting of one request: with an error, or with what there is. */
type Waiting = { refused: AbortController; hurried: AbortController };

/** Requests that wait until something is written in a chat. */
export class LongPolls {
	readonly #chats: Chats;
	readonly #waiting = new Map<PersonId, Set<Waiting>>();
	/** What wakes those who wait for a chat. */
	readonly #wakers = new Map<string, Set<() => void>>();
	readonly #closing = new AbortController();
	readonly #onPosted = (key: ChatKey) => {
		for (const wake of this.#wakers.get(nameOf(key)) ?? []) wake();
	};

	constructor(chats: Chats) {
		this.#chats = chats;
		chats.on('posted', this.#onPosted);
	}

	/** Requests that wait now. */
	get waiting(): number {
		return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
	}

	/**
	 * The page that is asked for, as soon as there is a message on it.
	 *
	 * @param ms how long to wait at most; then it is given without any.
	 * @param gone aborts when nobody waits for the answer any more.
	 * @throws {CodedError} what `Chats.page` throws, and TOO_MANY_REQUESTS.
	 */
	async page(person: PersonId, input: Input, ms: number, gone: AbortSignal): Promise<Page> {
		const { key } = await this.#chats.access.locate(person, input.chat);
		const waiting = this.#waiting.get(person) ?? new Set();
		if (waiting.size >= mostWaiting)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				`At most ${mostWaiting} requests of one person may wait at a time.`,
			);
		const ending = { refused: new AbortController(), hurried: new AbortController() };
		this.#waiting.set(person, waiting.add(ending));
		try {
			return await this.#await(person, key, input, ms, gone, ending);
		} finally {
			waiting.delete(ending);
			if (waiting.size === 0) this.#waiting.delete(person);
		}
	}

	/** Whoever is kept out from now on is answered so, and reads nothing more. */
	exclude(person: PersonId, why: CodedError): void {
		for (const { refused } of this.#waiting.get(person) ?? []) refused.abort(why);
	}

	/** A session or a token of this person ended: all their requests are answered now, and the next ones say who they are anew. */
	hurry(person: PersonId): void {
		for (const { hurried } of this.#waiting.get(person) ?? []) hurried.abort();
	}

	/** Those who wait are answered now. */
	close(): void {
		this.#chats.off('posted', this.#onPosted);
		this.#closing.abort();
	}

	async #await(
		person: PersonId,
		key: ChatKey,
		input: Input,
		ms: number,
		gone: AbortSignal,
		{ refused: { signal: ending }, hurried }: Waiting,
	): Promise<Page> {
		const over = AbortSignal.any([gone, this.#closing.signal, ending, hurried.signal]);
		const end = performance.now() + ms;
		for (;;) {
			// Listens before it looks: what is written in between is not missed.
			const bell = this.#bell(key);
			try {
				const page = await this.#chats.page(person, input);
				ending.throwIfAborted();
				const left = end - performance.now();
				if (page.messages.length > 0 || left <= 0 || over.aborted) return page;
				await bell.rings(left, over);
				ending.throwIfAborted();
			} finally {
				bell.remove();
			}
		}
	}

	/** Rings when something is written in this chat. */
	#bell(key: ChatKey) {
		const name = nameOf(key);
		const { promise, resolve } = Promise.withResolvers<void>();
		const wakers = this.#wakers.get(name) ?? new Set();
		this.#wakers.set(name, wakers.add(resolve));
		return {
			/** Fulfilled then, after this many ms, or when it is over. */
			async rings(ms: number, over: AbortSignal): Promise<void> {
				const timer = setTimeout(resolve, ms);
				const stop = () => resolve();
				over.addEventListener('abort', stop);
				await promise;
				clearTimeout(timer);
				over.removeEventListener('abort', stop);
			},
			remove: () => {
				wakers.delete(resolve);
				if (wakers.size === 0 && this.#wakers.get(name) === wakers) this.#wakers.delete(name);
			},
		};
	}
}

const nameOf = ({ roomId, pair }: ChatKey) => [roomId, ...(pair ?? [])].join(' ');
