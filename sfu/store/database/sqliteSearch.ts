import { sql } from 'kysely';
import { marked, type SearchIndex } from './searchIndex.ts';

export const sqliteSearch: SearchIndex = {
	async put(tx, messages) {
		if (messages.length === 0) return;
		const rows = messages.map(
			({ row, chatId, words }) => sql`(${row}, ${marked(chatId, words).join(' ')})`,
		);
		await sql`insert into message_search (rowid, words) values ${sql.join(rows)}`.execute(tx);
	},

	async drop(tx, messages) {
		if (messages.length === 0) return;
		// The index stores no texts: to remove words, it must be given them.
		const rows = messages.map(
			({ row, chatId, words }) => sql`('delete', ${row}, ${marked(chatId, words).join(' ')})`,
		);
		await sql`insert into message_search (message_search, rowid, words) values ${sql.join(rows)}`.execute(
			tx,
		);
	},

	async find(tx, chatId, beginnings, before, limit) {
		const match = marked(chatId, beginnings)
			.map((word) => `"${word}" *`)
			.join(' ');
		// The rowids of a chat grow with its seq, so the order of the index is that of the chat.
		const below =
			before === undefined
				? sql``
				: sql`and message_search.rowid < coalesce(
						(select id from messages where chat_id = ${chatId} and seq >= ${before} order by seq limit 1),
						9223372036854775807)`;
		const found = await sql<{ row: number }>`
			select message_search.rowid as row from message_search
			where message_search match ${match} ${below}
			order by message_search.rowid desc limit ${limit}`.execute(tx);
		return found.rows.map(({ row }) => row);
	},
};
