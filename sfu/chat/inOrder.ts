import { LRUCache } from 'lru-cache';
import type { ChatKey } from '../store/api/store.ts';
import { chatName } from './chatName.ts';

/** How long to wait for changes that are missing, in ms: they come from other nodes within milliseconds. */
const gapTimeout = 500;
/** How many chats' last revisions are cached. */
const maxChats = 10_000;

type Waiting = { first: number; last: number; tell: () => void };
type Told = { last: number; waiting: Waiting[]; timer: NodeJS.Timeout | null };

/**
 * Tells the changes of each chat in the order of their revisions, though several nodes make them. A revision that does not
 * come in time is given up: clients find what they miss when they look again.
 */
export class InOrder {
	readonly #chats = new LRUCache<string, Told>({
		max: maxChats,
		dispose: (told) => told.timer && clearTimeout(told.timer),
	});

	/** A person opened a chat, whose last revision is this one: the next one to be told is the one after it. */
	know(key: ChatKey, revision: number): void {
		const name = chatName(key);
		if (!this.#chats.has(name)) this.#chats.set(name, { last: revision, waiting: [], timer: null });
	}

	/**
	 * @param first the revision after the one before, and `last` that of the end of what is told.
	 * @param tell is called once it is its turn.
	 */
	take(key: ChatKey, first: number, last: number, tell: () => void): void {
		const name = chatName(key);
		const known = this.#chats.get(name);
		const told: Told = known ?? { last: first - 1, waiting: [], timer: null };
		if (!known) this.#chats.set(name, told);
		told.waiting.push({ first, last, tell });
		told.waiting.sort((a, b) => a.first - b.first);
		this.#tellNext(told);
		if (told.waiting.length > 0) told.timer ??= setTimeout(() => this.#giveUp(told), gapTimeout);
	}

	close(): void {
		for (const { timer } of this.#chats.values()) if (timer) clearTimeout(timer);
		this.#chats.clear();
	}

	#tellNext(told: Told): void {
		for (;;) {
			const [next] = told.waiting;
			if (!next || next.first > told.last + 1) break;
			told.waiting.shift();
			told.last = Math.max(told.last, next.last);
			next.tell();
		}
		if (told.waiting.length > 0 || !told.timer) return;
		clearTimeout(told.timer);
		told.timer = null;
	}

	/** What is missing does not come. */
	#giveUp(told: Told): void {
		told.timer = null;
		for (const { last, tell } of told.waiting.splice(0)) {
			told.last = Math.max(told.last, last);
			tell();
		}
	}
}
