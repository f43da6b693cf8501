import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import { chatName } from '../../chat/chatName.ts';
import type { Chats } from '../../chat/chats.ts';
import type { ChatKey } from '../../store/api/store.ts';

/** How many requests of one person may wait at a time. */
const maxWaiting = 5;

type Input = Parsed<'chat:page'>;
type Page = Data<'chat:page'>;

/** Ends the wait of one request: with an error, or with the messages there are. */
type WaitingRequest = { refused: AbortController; answered: AbortController };

/** Requests that wait until a message is written in a chat. */
export class LongPolls {
	readonly #chats: Chats;
	readonly #waiting = new Map<PersonId, Set<WaitingRequest>>();
	/** Wakes the requests that wait for a chat. */
	readonly #wakers = new Map<string, Set<() => void>>();
	readonly #closing = new AbortController();
	readonly #onPosted = (key: ChatKey) => {
		for (const wake of this.#wakers.get(chatName(key)) ?? []) wake();
	};

	constructor(chats: Chats) {
		this.#chats = chats;
		chats.on('posted', this.#onPosted);
	}

	/** How many requests wait. */
	get waiting(): number {
		return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
	}

	/**
	 * The requested page, as soon as there is a message on it.
	 *
	 * @param ms how long to wait; then the page is empty.
	 * @param signal aborts when the client no longer waits.
	 * @throws {CodedError} those of `Chats.page`, and TOO_MANY_REQUESTS.
	 */
	async page(person: PersonId, input: Input, ms: number, signal: AbortSignal): Promise<Page> {
		const { key } = await this.#chats.access.locate(person, input.chat);
		const waiting = this.#waiting.get(person) ?? new Set();
		if (waiting.size >= maxWaiting)
			throw new CodedError(
				'TOO_MANY_REQUESTS',
				`You can have at most ${maxWaiting} waiting requests at a time.`,
			);
		const ending = { refused: new AbortController(), answered: new AbortController() };
		this.#waiting.set(person, waiting.add(ending));
		try {
			return await this.#await(person, key, input, ms, signal, ending);
		} finally {
			waiting.delete(ending);
			if (waiting.size === 0) this.#waiting.delete(person);
		}
	}

	/** Answers the requests of a person who is suspended with this error. */
	exclude(person: PersonId, why: CodedError): void {
		for (const { refused } of this.#waiting.get(person) ?? []) refused.abort(why);
	}

	/** A session or a token of this person ended: answers their requests now. The next ones authenticate anew. */
	answerNow(person: PersonId): void {
		for (const { answered } of this.#waiting.get(person) ?? []) answered.abort();
	}

	/** Answers all waiting requests. */
	close(): void {
		this.#chats.off('posted', this.#onPosted);
		this.#closing.abort();
	}

	async #await(
		person: PersonId,
		key: ChatKey,
		input: Input,
		ms: number,
		signal: AbortSignal,
		{ refused: { signal: ending }, answered }: WaitingRequest,
	): Promise<Page> {
		const over = AbortSignal.any([signal, this.#closing.signal, ending, answered.signal]);
		const end = performance.now() + ms;
		for (;;) {
			// Listens before it reads, so that a message in between is not missed.
			const subscription = this.#subscribe(key);
			try {
				const page = await this.#chats.page(person, input);
				ending.throwIfAborted();
				const left = end - performance.now();
				if (page.messages.length > 0 || left <= 0 || over.aborted) return page;
				await subscription.next(left, over);
				ending.throwIfAborted();
			} finally {
				subscription.remove();
			}
		}
	}

	/** Tells when a message is written in this chat. */
	#subscribe(key: ChatKey) {
		const name = chatName(key);
		const { promise, resolve } = Promise.withResolvers<void>();
		const wakers = this.#wakers.get(name) ?? new Set();
		this.#wakers.set(name, wakers.add(resolve));
		return {
			/** Resolves at the next message, after this many ms, or when `over` aborts. */
			async next(ms: number, over: AbortSignal): Promise<void> {
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
