import { findChat } from './chatRows.ts';
import type { Database } from './database.ts';
import type { Exported } from './localStore.ts';
import { loadMessages } from './messageRows.ts';
import type { ChatKey } from './store.ts';

const atOnce = 200;

/** A part of a chat's export: the messages after this seq, none at its end. */
export function exportAfter(database: Database, key: ChatKey, seq: number): Promise<Exported[]> {
	return database.read(async (tx) => {
		const chat = await findChat(tx, key);
		if (!chat) return [];
		const rows = await tx
			.selectFrom('messages')
			.selectAll()
			.where('chat_id', '=', chat.chat_id)
			.where('seq', '>', seq)
			.orderBy('seq')
			.limit(atOnce)
			.execute();
		if (rows.length === 0) return [];
		const edits = await tx
			.selectFrom('edits')
			.select(['message_row', 'body', 'written_at'])
			.where(
				'message_row',
				'in',
				rows.map(({ id }) => id),
			)
			.orderBy('id')
			.execute();
		const messages = await loadMessages(tx, rows);
		return messages.map((message, index) => ({
			...message,
			edits: edits
				.filter(({ message_row }) => message_row === rows[index]?.id)
				.map(({ body, written_at }) => ({ body, at: written_at })),
		}));
	});
}
