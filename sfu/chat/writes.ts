import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { ChatKey, ChatStore, Post, Posted } from '../store/store.ts';

type Waiting = {
	post: Post;
	resolve: (message: Message) => void;
	reject: (error: unknown) => void;
};

/** Posts that may wait for the database before more are turned away. */
const mostWaiting = 5_000;
/** Posts in one transaction. */
const mostAtOnce = 200;
/** The least time between the beginnings of two transactions while posts keep coming, in ms. */
const pace = 8;

/**
 * All that changes chats, one thing after the other, so that what is told has the order of what is stored.
 * Posts that come while one transaction is under way share the next one: an acknowledged message costs a wait
 * for the disk, but not each of them one of its own.
 */
export class Writes {
	readonly #store: Pick<ChatStore, 'post'>;
	readonly #stored: (key: ChatKey, messages: Message[]) => void;
	#waiting: Waiting[] = [];
	#turn: Promise<void> = Promise.resolve();
	#scheduled = false;
	#lastBegan = 0;

	/** @param stored is told of new messages of one chat, in their order, before those who posted them are. */
	constructor(store: Pick<ChatStore, 'post'>, stored: (key: ChatKey, messages: Message[]) => void) {
		this.#store = store;
		this.#stored = stored;
	}

	/**
	 * Fulfilled with the stored message once it is durable.
	 *
	 * @throws {CodedError} what the store refuses it for.
	 */
	post(post: Post): Promise<Message> {
		if (this.#waiting.length >= mostWaiting) return Promise.reject(new CodedError('NOT_SAVED'));
		return new Promise((resolve, reject) => {
			this.#waiting.push({ post, resolve, reject });
			if (this.#scheduled) return;
			this.#scheduled = true;
			this.#turn = this.#turn.then(() => this.#storeWaiting());
		});
	}

	/** Carries out another change in its turn. */
	change<T>(change: () => Promise<T>): Promise<T> {
		const changed = this.#turn.then(change);
		this.#turn = changed.then(
			() => undefined,
			() => undefined,
		);
		return changed;
	}

	async #storeWaiting(): Promise<void> {
		const early = this.#lastBegan + pace - performance.now();
		if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
		this.#lastBegan = performance.now();
		const batch = this.#waiting.splice(0, mostAtOnce);
		this.#scheduled = this.#waiting.length > 0;
		if (this.#scheduled) this.#turn = this.#turn.then(() => this.#storeWaiting());
		try {
			this.#answer(batch, await this.#store.post(batch.map(({ post }) => post)));
		} catch (error) {
			for (const { reject } of batch) reject(error);
		}
	}

	#answer(batch: Waiting[], results: Posted[]): void {
		// The same chat is the same key object only by chance: its parts are compared.
		const told = new Map<string, { key: ChatKey; messages: Message[] }>();
		for (const [i, { post }] of batch.entries()) {
			const result = results[i];
			if (result?.kind !== 'stored') continue;
			const name = [post.key.roomId, ...(post.key.pair ?? [])].join(' ');
			const chat = told.get(name) ?? { key: post.key, messages: [] };
			chat.messages.push(result.message);
			told.set(name, chat);
		}
		for (const { key, messages } of told.values()) this.#stored(key, messages);
		for (const [i, { resolve, reject }] of batch.entries()) {
			const result = results[i];
			if (!result) reject(new Error('the store gave no result for a post'));
			else if (result.kind === 'refused') reject(result.error);
			else resolve(result.message);
		}
	}
}
