import type { PageFrom } from '#shared/chat.ts';
import { boundsOf, findChat, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import { loadMessages } from './messageRows.ts';
import type { ChatStore } from '../api/store.ts';

/** The first and the last seq of a page. */
type Extent = { from: number; to: number };

/** Messages have no gaps between the bounds of their chat, so the extent of a page is known before it is read. */
async function extentOf(tx: Tx, chat: ChatRow, from: PageFrom, limit: number): Promise<Extent> {
	const { chat_id, first_seq: first, last_seq: last } = chat;
	const beginningAt = (seq: number): Extent => {
		const start = Math.max(seq, first);
		return { from: start, to: Math.min(start + limit - 1, last) };
	};
	const endingAt = (seq: number): Extent => {
		const end = Math.min(seq, last);
		return { from: Math.max(end - limit + 1, first), to: end };
	};
	switch (from.kind) {
		case 'latest':
			return endingAt(last);
		case 'before':
			return endingAt(from.seq - 1);
		case 'after':
			return beginningAt(from.seq + 1);
		case 'around': {
			// At one end of the chat the page reaches further to the other side.
			const start = Math.min(from.seq - Math.floor(limit / 2), last - limit + 1);
			return beginningAt(start);
		}
		case 'since': {
			const found = await tx
				.selectFrom('messages')
				.select('seq')
				.where('chat_id', '=', chat_id)
				.where('sent_at', '>=', from.at)
				.orderBy('sent_at')
				.orderBy('seq')
				.limit(1)
				.executeTakeFirst();
			return beginningAt(found?.seq ?? last + 1);
		}
	}
}

export function readingStore(database: Database): Pick<ChatStore, 'page' | 'changes'> {
	return {
		page: (key, from, limit) =>
			database.read(async (tx) => {
				const chat = await findChat(tx, key);
				if (!chat) return { ...boundsOf(chat), messages: [] };
				const extent = await extentOf(tx, chat, from, limit);
				const rows = await tx
					.selectFrom('messages')
					.selectAll()
					.where('chat_id', '=', chat.chat_id)
					.where('seq', '>=', extent.from)
					.where('seq', '<=', extent.to)
					.orderBy('seq')
					.execute();
				return { ...boundsOf(chat), messages: await loadMessages(tx, rows) };
			}),

		changes: (key, revision, limit) =>
			database.read(async (tx) => {
				const chat = await findChat(tx, key);
				if (!chat) return { ...boundsOf(chat), messages: [], more: false };
				const rows = await tx
					.selectFrom('messages')
					.selectAll()
					.where('chat_id', '=', chat.chat_id)
					.where('revision', '>', revision)
					.orderBy('revision')
					.limit(limit + 1)
					.execute();
				return {
					...boundsOf(chat),
					messages: await loadMessages(tx, rows.slice(0, limit)),
					more: rows.length > limit,
				};
			}),
	};
}
