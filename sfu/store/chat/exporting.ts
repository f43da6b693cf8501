import type { Message } from '#shared/chat.ts';
import { findChat } from './chatRows.ts';
import type { Database } from '../database/database.ts';
import { loadEdits, loadMessages } from './messageRows.ts';
import type { ChatKey } from '../api/store.ts';

export type Exported = Message & { edits: { body: string; at: number }[] };

const batchSize = 200;

/** A part of a chat's export: the messages after this seq; empty at the end. */
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
			.limit(batchSize)
			.execute();
		if (rows.length === 0) return [];
		const editsOf = await loadEdits(
			tx,
			rows.map(({ id }) => id),
		);
		const messages = await loadMessages(tx, rows);
		return messages.map((message, index) => ({
			...message,
			edits: editsOf(rows[index]?.id),
		}));
	});
}
