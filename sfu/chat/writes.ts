import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { ChatKey, ChatStore, Post, Posted } from '../store/api/store.ts';
import { chatName } from './chatName.ts';
import { FairQueue, type Asker } from './fairQueue.ts';

type WaitingPost = {
	post: Post;
	resolve: (message: Message) => void;
	reject: (error: unknown) => void;
};

/** How much may wait for the database before more is refused: of one person, for one room, and altogether. */
const maxOfPerson = 200;
const maxOfRoom = 2_000;
const maxWaiting = 5_000;
/** Posts in one transaction. */
const batchSize = 200;
/** The least time between the beginnings of two transactions under load, in ms. */
const minInterval = 8;

/**
 * All changes of chats, one after the other, so that facts have the order of the stored changes. Posts that arrive
 * during a transaction share the next one: an acknowledged message costs a wait for the disk, but not each message one
 * of its own. Between two of these transactions one other change has its turn. Rooms and people take turns, so that no
 * person delays others for long.
 */
export class Writes {
	readonly #store: Pick<ChatStore, 'post'>;
	readonly #stored: (key: ChatKey, messages: Message[]) => void;
	readonly #posts = new FairQueue<WaitingPost>();
	readonly #changes = new FairQueue<() => Promise<void>>();
	#isRunning = false;
	#lastBegan = 0;

	/** @param stored is given the new messages of one chat, in their order, before the posts are answered. */
	constructor(store: Pick<ChatStore, 'post'>, stored: (key: ChatKey, messages: Message[]) => void) {
		this.#store = store;
		this.#stored = stored;
	}

	/**
	 * Resolves with the stored message once it is durable.
	 *
	 * @throws {CodedError} the store's refusal; TOO_MANY_REQUESTS or NOT_SAVED if too much waits.
	 */
	post(post: Post): Promise<Message> {
		const asker = { room: post.key.roomId, person: post.author.personId };
		const full = this.#refusal(asker);
		if (full) return Promise.reject(full);
		return new Promise((resolve, reject) => {
			this.#posts.add(asker, { post, resolve, reject });
			this.#begin();
		});
	}

	/**
	 * Runs another change in its turn.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS or NOT_SAVED if too much waits.
	 */
	change<T>(asker: Asker, change: () => Promise<T>): Promise<T> {
		const full = this.#refusal(asker);
		if (full) return Promise.reject(full);
		return new Promise((resolve, reject) => {
			this.#changes.add(asker, () => change().then(resolve, reject));
			this.#begin();
		});
	}

	/** How many posts and changes wait. */
	get waiting(): number {
		return this.#posts.size + this.#changes.size;
	}

	#refusal({ room, person }: Asker): CodedError | null {
		const queues = [this.#posts, this.#changes];
		const sum = (count: (queue: (typeof queues)[number]) => number) =>
			queues.reduce((all, queue) => all + count(queue), 0);
		if (person !== '' && sum((queue) => queue.ofPerson(person)) >= maxOfPerson)
			return new CodedError(
				'TOO_MANY_REQUESTS',
				"Too much of what you sent isn't saved yet. Try again in a moment.",
			);
		if (sum((queue) => queue.ofRoom(room)) >= maxOfRoom)
			return new CodedError('NOT_SAVED', 'Too many messages at once. Try again in a moment.');
		return sum(({ size }) => size) >= maxWaiting ? new CodedError('NOT_SAVED') : null;
	}

	#begin(): void {
		if (this.#isRunning) return;
		this.#isRunning = true;
		queueMicrotask(() => void this.#work());
	}

	async #work(): Promise<void> {
		while (this.waiting > 0) {
			const early = this.#lastBegan + minInterval - performance.now();
			if (early > 0 && this.#changes.size === 0)
				await new Promise((resolve) => setTimeout(resolve, early));
			if (this.#posts.size > 0 && (early <= 0 || this.#changes.size === 0))
				await this.#storeWaiting();
			await this.#changes.take()?.();
		}
		this.#isRunning = false;
	}

	async #storeWaiting(): Promise<void> {
		this.#lastBegan = performance.now();
		const batch: WaitingPost[] = [];
		for (let next = this.#posts.take(); next; next = this.#posts.take()) {
			batch.push(next);
			if (batch.length >= batchSize) break;
		}
		try {
			this.#answer(batch, await this.#store.post(batch.map(({ post }) => post)));
		} catch (error) {
			for (const { reject } of batch) reject(error);
		}
	}

	#answer(batch: WaitingPost[], results: Posted[]): void {
		// Two key objects may mean the same chat, so their parts are compared.
		const byChat = new Map<string, { key: ChatKey; messages: Message[] }>();
		for (const [i, { post }] of batch.entries()) {
			const result = results[i];
			if (result?.kind !== 'stored') continue;
			const name = chatName(post.key);
			const chat = byChat.get(name) ?? { key: post.key, messages: [] };
			chat.messages.push(result.message);
			byChat.set(name, chat);
		}
		for (const { key, messages } of byChat.values()) this.#stored(key, messages);
		for (const [i, { resolve, reject }] of batch.entries()) {
			const result = results[i];
			if (!result) reject(new Error('the store gave no result for a post'));
			else if (result.kind === 'refused') reject(result.error);
			else resolve(result.message);
		}
	}
}
