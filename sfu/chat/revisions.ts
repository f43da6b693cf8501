import { LRUCache } from 'lru-cache';
import type { Message } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';
import type { ChatKey, ChatStore } from '../store/api/store.ts';
import { chatName } from './chatName.ts';

/** A chat with later revisions than this one. */
export type RevisedChat = { key: ChatKey; after: number };

/** How much of one chat is told at once. A client that shows more finds the rest when it looks again. */
const maxPages = 5;

/** The messages of these chats that changed after a revision, the earliest change first. */
export async function* revisedIn(
	store: Pick<ChatStore, 'changes'>,
	chats: readonly RevisedChat[],
): AsyncGenerator<[ChatKey, Message]> {
	for (const { key, after } of chats) {
		let revision = after;
		for (let page = 0; page < maxPages; page++) {
			const { messages, more } = await store.changes(key, revision, limits.page);
			for (const message of messages) {
				revision = message.revision;
				yield [key, message];
			}
			if (!more) break;
		}
	}
}

/** How many chats' last revisions are cached. */
const maxChats = 10_000;

/**
 * Remembers the last revision that was told of each chat, so that a request that changed nothing is not told as a
 * change.
 */
export class LastRevisions {
	readonly #last = new LRUCache<string, number>({ max: maxChats });

	/** `unknown` for a chat that was not used lately. */
	note(key: ChatKey, revision: number): 'new' | 'told' | 'unknown' {
		const name = chatName(key);
		const last = this.#last.get(name);
		this.#last.set(name, Math.max(revision, last ?? 0));
		if (last === undefined) return 'unknown';
		return revision > last ? 'new' : 'told';
	}
}
