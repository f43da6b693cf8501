import { LRUCache } from 'lru-cache';
import type { ChatKey } from '../store/api/store.ts';
import { chatName } from './chatName.ts';

/** How long to wait for changes that are missing, in ms: they come from other nodes within milliseconds. */
const gapTimeout = 500;
/** How many chats' last revisions are cached. */
const maxChats = 10_000;

type HeldChange = { first: number; last: number; tell: () => void };
type ChatQueue = { last: number; waiting: HeldChange[]; timer: NodeJS.Timeout | null };

/**
 * Tells the changes of each chat in the order of their revisions, though several nodes make them. A revision that does not
 * come in time is given up: clients find what they miss when they look again.
 */
export class InOrder {
	readonly #chats = new LRUCache<string, ChatQueue>({
		max: maxChats,
		dispose: (queue) => queue.timer && clearTimeout(queue.timer),
	});

	/** A person opened a chat, whose last revision is this one: the next one to be told is the one after it. */
	know(key: ChatKey, revision: number): void {
		const name = chatName(key);
		if (!this.#chats.has(name)) this.#chats.set(name, { last: revision, waiting: [], timer: null });
	}

	/**
	 * Tells a change, or several at once, when its turn comes.
	 *
	 * @param first the first revision of what is told, and `last` its last one.
	 * @param tell is called when all earlier revisions have been told, or are given up.
	 */
	add(key: ChatKey, first: number, last: number, tell: () => void): void {
		const name = chatName(key);
		const known = this.#chats.get(name);
		const queue: ChatQueue = known ?? { last: first - 1, waiting: [], timer: null };
		if (!known) this.#chats.set(name, queue);
		queue.waiting.push({ first, last, tell });
		queue.waiting.sort((a, b) => a.first - b.first);
		this.#tellNext(queue);
		if (queue.waiting.length > 0) queue.timer ??= setTimeout(() => this.#giveUp(queue), gapTimeout);
	}

	close(): void {
		for (const { timer } of this.#chats.values()) if (timer) clearTimeout(timer);
		this.#chats.clear();
	}

	#tellNext(queue: ChatQueue): void {
		for (;;) {
			const [next] = queue.waiting;
			if (!next || next.first > queue.last + 1) break;
			queue.waiting.shift();
			queue.last = Math.max(queue.last, next.last);
			next.tell();
		}
		if (queue.waiting.length > 0 || !queue.timer) return;
		clearTimeout(queue.timer);
		queue.timer = null;
	}

	/** What is missing does not come. */
	#giveUp(queue: ChatQueue): void {
		queue.timer = null;
		for (const { last, tell } of queue.waiting.splice(0)) {
			queue.last = Math.max(queue.last, last);
			tell();
		}
	}
}
