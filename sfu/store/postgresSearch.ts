import { sql } from 'kysely';
import { marked, type SearchIndex } from './searchIndex.ts';

/**
 * The words are made by us, so PostgreSQL's own parsers, which would cut them up in their own way, are
 * not asked: a vector is made of the words as they are.
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
		// The marks say which chat. Named as well, it would have the planner walk through all of a large one instead.
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
