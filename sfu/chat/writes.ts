import type { Message } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { ChatKey, ChatStore, Post, Posted } from '../store/store.ts';
import { FairQueue, type Asker } from './fairQueue.ts';

type Waiting = {
	post: Post;
	resolve: (message: Message) => void;
	reject: (error: unknown) => void;
};

/** What may wait for the database before more is turned away: of one person, for one room, and altogether. */
const mostOfPerson = 200;
const mostOfRoom = 2_000;
const most = 5_000;
/** Posts in one transaction. */
const mostAtOnce = 200;
/** The least time between the beginnings of two transactions while posts keep coming, in ms. */
const pace = 8;

/**
 * All that changes chats, one thing after the other, so that what is told has the order of what is stored.
 * Posts that come while one transaction is under way share the next one: an acknowledged message costs a wait
 * for the disk, but not each of them one of its own. Between two of these one other change has its turn. Rooms and people
 * take turns, so that what one of them asks for holds up nobody else for long.
 */
export class Writes {
	readonly #store: Pick<ChatStore, 'post'>;
	readonly #stored: (key: ChatKey, messages: Message[]) => void;
	readonly #posts = new FairQueue<Waiting>();
	readonly #changes = new FairQueue<() => Promise<void>>();
	#working = false;
	#lastBegan = 0;

	/** @param stored is told of new messages of one chat, in their order, before those who posted them are. */
	constructor(store: Pick<ChatStore, 'post'>, stored: (key: ChatKey, messages: Message[]) => void) {
		this.#store = store;
		this.#stored = stored;
	}

	/**
	 * Fulfilled with the stored message once it is durable.
	 *
	 * @throws {CodedError} what the store refuses it for; TOO_MANY_REQUESTS or NOT_SAVED when too much waits.
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
	 * Carries out another change in its turn.
	 *
	 * @throws {CodedError} TOO_MANY_REQUESTS or NOT_SAVED when too much waits.
	 */
	change<T>(asker: Asker, change: () => Promise<T>): Promise<T> {
		const full = this.#refusal(asker);
		if (full) return Promise.reject(full);
		return new Promise((resolve, reject) => {
			this.#changes.add(asker, () => change().then(resolve, reject));
			this.#begin();
		});
	}

	#refusal({ room, person }: Asker): CodedError | null {
		const queues = [this.#posts, this.#changes];
		const sum = (count: (queue: (typeof queues)[number]) => number) =>
			queues.reduce((all, queue) => all + count(queue), 0);
		if (person !== '' && sum((queue) => queue.ofPerson(person)) >= mostOfPerson)
			return new CodedError(
				'TOO_MANY_REQUESTS',
				"Too much of what you sent isn't saved yet. Try again in a moment.",
			);
		if (sum((queue) => queue.ofRoom(room)) >= mostOfRoom)
			return new CodedError(
				'NOT_SAVED',
				'Too much is written here at once. Try again in a moment.',
			);
		return sum(({ size }) => size) >= most ? new CodedError('NOT_SAVED') : null;
	}

	#begin(): void {
		if (this.#working) return;
		this.#working = true;
		queueMicrotask(() => void this.#work());
	}

	async #work(): Promise<void> {
		while (this.#posts.size + this.#changes.size > 0) {
			const early = this.#lastBegan + pace - performance.now();
			if (early > 0 && this.#changes.size === 0)
				await new Promise((resolve) => setTimeout(resolve, early));
			if (this.#posts.size > 0 && (early <= 0 || this.#changes.size === 0))
				await this.#storeWaiting();
			await this.#changes.take()?.();
		}
		this.#working = false;
	}

	async #storeWaiting(): Promise<void> {
		this.#lastBegan = performance.now();
		const batch: Waiting[] = [];
		for (let next = this.#posts.take(); next; next = this.#posts.take()) {
			batch.push(next);
			if (batch.length >= mostAtOnce) break;
		}
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
