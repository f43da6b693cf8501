import { sql } from 'kysely';
import type { SearchIndex } from './searchIndex.ts';

/** Words have letters and digits only, so that this is none of them. */
const chatMark = (chatId: number) => `_${chatId}`;

export const sqliteSearch: SearchIndex = {
	async put(tx, messages) {
		if (messages.length === 0) return;
		const rows = messages.map(
			({ row, chatId, words }) => sql`(${row}, ${[chatMark(chatId), ...words].join(' ')})`,
		);
		await sql`insert into message_search (rowid, words) values ${sql.join(rows)}`.execute(tx);
	},

	async drop(tx, rows) {
		if (rows.length === 0) return;
		await sql`delete from message_search where rowid in (select value from json_each(${JSON.stringify(rows)}))`.execute(
			tx,
		);
	},

	async find(tx, chatId, beginnings, before, limit) {
		const match = [`"${chatMark(chatId)}"`, ...beginnings.map((word) => `"${word}" *`)].join(' ');
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
