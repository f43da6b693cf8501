import { sql } from 'kysely';
import { marked, type SearchIndex } from './searchIndex.ts';

/**
 * We split texts into words ourselves. PostgreSQL's parsers would split them differently, so a vector is made directly
 * of the words.
 */
export const postgresSearch: SearchIndex = {
	async put(tx, messages) {
		if (messages.length === 0) return;
		const rows = messages.map(
			({ row, chatId, seq, words }) =>
				sql`(${row}::bigint, ${chatId}::bigint, ${seq}::bigint, array_to_tsvector(${marked(chatId, words)}::text[]))`,
		);
		await sql`insert into message_search (message_row, chat_id, seq, words) values ${sql.join(rows)}`.execute(
			tx,
		);
	},

	async drop(tx, messages) {
		const rows = messages.map(({ row }) => row);
		await sql`delete from message_search where message_row = any(${rows}::bigint[])`.execute(tx);
	},

	async find(tx, chatId, beginnings, before, limit) {
		// The marks identify the chat. If the query named the chat as well, the planner would scan all messages of a
		// large one.
		const query = marked(chatId, beginnings)
			.map((word) => `'${word}':*`)
			.join(' & ');
		const below = before === undefined ? sql`` : sql`and seq < ${before}`;
		const found = await sql<{ row: number }>`
			select message_row as row from message_search
			where words @@ ${query}::tsquery ${below}
			order by seq desc limit ${limit}`.execute(tx);
		return found.rows.map(({ row }) => row);
	},
};
