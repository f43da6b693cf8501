import { sql, type Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import { marked } from '../searchIndex.ts';
import type { Tables } from '../tables.ts';
import { words } from '../words.ts';

/** Messages in one statement, few enough for the time limit of statements. */
const atOnce = 500;

/**
 * Marks the words of the index with their chat, so that a search scans the words of that chat only. In SQLite deleted
 * words now leave the index at once. Chats of two lose their retention. New indexes find the rows that are to be
 * forgotten.
 */
export async function forgetting(tx: Kysely<Tables>, kind: DatabaseKind): Promise<string[]> {
	if (kind === 'sqlite') await rebuild(tx);
	else await mark(tx);
	return [
		`update room_policies set retention = 'forever', retention_days = null
			where room_id in (select room_id from rooms where kind = 'direct')`,
		`create index sessions_device on sessions (ends_at) where ends_at is not null and device <> ''`,
		'create index warnings_of on warnings (person_id)',
		'create index moderation_log_person on moderation_log (person_id)',
		'create index moderation_log_by on moderation_log (by_id)',
		'create index calls_began on calls (began_at)',
	];
}

/** An index without texts can forget words only if it is given them; the earlier index marked rows as deleted. */
async function rebuild(tx: Kysely<Tables>): Promise<void> {
	await sql`drop table message_search`.execute(tx);
	await sql`create virtual table message_search using fts5 (
		words, content='', tokenize="ascii tokenchars '_'"
	)`.execute(tx);
	await sql`insert into message_search (message_search, rank) values ('secure-delete', 1)`.execute(
		tx,
	);
	for (let last = 0; ;) {
		const messages = await tx
			.selectFrom('messages')
			.select(['id', 'chat_id', 'body'])
			.where('kind', '=', 'text')
			.where('id', '>', last)
			.orderBy('id')
			.limit(atOnce)
			.execute();
		const end = messages.at(-1);
		if (!end) return;
		last = end.id;
		const rows = messages.map(
			({ id, chat_id, body }) => sql`(${id}, ${marked(chat_id, words(body)).join(' ')})`,
		);
		await sql`insert into message_search (rowid, words) values ${sql.join(rows)}`.execute(tx);
	}
}

async function mark(tx: Kysely<Tables>): Promise<void> {
	for (let last = 0; ;) {
		const found = await sql<{ end: number | null }>`
			select max(message_row) as end from (
				select message_row from message_search where message_row > ${last}::bigint
				order by message_row limit ${atOnce}
			) as part`.execute(tx);
		const end = found.rows[0]?.end;
		if (end === null || end === undefined) return;
		await sql`update message_search set words = array_to_tsvector(array(
				select '_' || chat_id || '_' || word from unnest(tsvector_to_array(words)) as word
			)) where message_row > ${last}::bigint and message_row <= ${end}::bigint`.execute(tx);
		last = end;
	}
}
