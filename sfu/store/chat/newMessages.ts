import type { Database, Tx } from '../database/database.ts';
import type { FileRow, NewRow } from './messageRows.ts';
import type { Post } from '../api/store.ts';
import { words } from '../database/words.ts';

/** A message that is to be stored, with its other rows. */
export type NewMessage = {
	row: NewRow;
	answered: NewRow | null;
	mentions: Post['author']['personId'][];
	files: FileRow[];
};

/** Rows of one statement: databases accept a limited number of values in it. */
const rowsAtOnce = 500;

/** Stores messages whose seq is decided, with all their parts. */
export async function insertMessages(
	database: Database,
	tx: Tx,
	messages: readonly NewMessage[],
): Promise<void> {
	for (let start = 0; start < messages.length; start += rowsAtOnce)
		await insert(database, tx, messages.slice(start, start + rowsAtOnce));
}

async function insert(database: Database, tx: Tx, messages: readonly NewMessage[]): Promise<void> {
	const inserted = await tx
		.insertInto('messages')
		.values(messages.map(({ row }) => row))
		.returning(['id', 'chat_id', 'seq'])
		.execute();
	const numbers = new Map(inserted.map(({ id, chat_id, seq }) => [`${chat_id} ${seq}`, id]));
	const numbered = messages.map((message) => {
		const { chat_id, seq } = message.row;
		return { ...message, id: numbers.get(`${chat_id} ${seq}`) ?? 0 };
	});

	await database.search.put(
		tx,
		numbered
			.filter(({ row }) => row.kind === 'text')
			.map(({ id, row: { chat_id, seq, body } }) => ({
				row: id,
				chatId: chat_id,
				seq,
				words: words(body),
			})),
	);
	await insertMentions(
		tx,
		numbered.map(({ id, row, mentions }) => ({ ...row, id, mentions })),
	);
	for (const { id, files } of numbered) {
		for (const [place, { file_id }] of files.entries())
			await tx
				.updateTable('files')
				.set({ message_row: id, place })
				.where('file_id', '=', file_id)
				.execute();
	}
}

/** Stores which people these messages mention. */
export async function insertMentions(
	tx: Tx,
	messages: readonly {
		id: number;
		chat_id: number;
		seq: number;
		mentions: NewMessage['mentions'];
	}[],
): Promise<void> {
	const rows = messages.flatMap(({ id, chat_id, seq, mentions }) =>
		mentions.map((person_id, place) => ({ message_row: id, person_id, place, chat_id, seq })),
	);
	for (let start = 0; start < rows.length; start += rowsAtOnce)
		await tx
			.insertInto('mentions')
			.values(rows.slice(start, start + rowsAtOnce))
			.execute();
}
