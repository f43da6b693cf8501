import type { Message } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';
import type { ChatKey, ChatStore } from '../store/store.ts';

/** A chat in which there are later revisions than this one. */
export type Revised = { key: ChatKey; after: number };

/** What is told of one chat at once; whoever shows more of it finds the rest when they look again. */
const mostPages = 5;

/** What was changed in these chats after a revision each, the earliest change first. */
export async function* revisedIn(
	store: Pick<ChatStore, 'changes'>,
	chats: readonly Revised[],
): AsyncGenerator<[ChatKey, Message]> {
	for (const { key, after } of chats) {
		let revision = after;
		for (let page = 0; page < mostPages; page++) {
			const { messages, more } = await store.changes(key, revision, limits.page);
			for (const message of messages) {
				revision = message.revision;
				yield [key, message];
			}
			if (!more) break;
		}
	}
}

/** Chats whose last revision is kept at hand. */
const mostChats = 10_000;

/** Which revision of each chat was told last, so that what changed nothing is not told as a change. */
export class Told {
	readonly #last = new Map<string, number>();

	/** Of a chat that was not looked at lately it is not known. */
	note({ roomId, pair }: ChatKey, revision: number): 'new' | 'told' | 'unknown' {
		const name = [roomId, ...(pair ?? [])].join(' ');
		const last = this.#last.get(name);
		this.#last.delete(name);
		this.#last.set(name, Math.max(revision, last ?? 0));
		if (this.#last.size > mostChats) {
			const [oldest = ''] = this.#last.keys();
			this.#last.delete(oldest);
		}
		if (last === undefined) return 'unknown';
		return revision > last ? 'new' : 'told';
	}
}
