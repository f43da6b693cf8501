import { findChat } from './chatRows.ts';
import type { Database } from '../database/database.ts';
import { loadMessages } from './messageRows.ts';
import type { ChatStore } from '../api/store.ts';
import { words } from '../database/words.ts';

export function searchingStore(database: Database): Pick<ChatStore, 'search'> {
	return {
		search: (key, query, before, limit) =>
			database.read(async (tx) => {
				const beginnings = words(query);
				const chat = beginnings.length > 0 ? await findChat(tx, key) : undefined;
				if (!chat) return { messages: [], more: false };
				const found = await database.search.find(tx, chat.chat_id, beginnings, before, limit + 1);
				if (found.length === 0) return { messages: [], more: false };
				const rows = await tx
					.selectFrom('messages')
					.selectAll()
					.where('id', 'in', found.slice(0, limit))
					.where('chat_id', '=', chat.chat_id)
					.where('kind', '=', 'text')
					.orderBy('seq', 'desc')
					.execute();
				return { messages: await loadMessages(tx, rows), more: found.length > limit };
			}),
	};
}
