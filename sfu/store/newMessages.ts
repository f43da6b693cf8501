import type { Database, Tx } from './database.ts';
import type { NewMessage } from './posting.ts';
import { words } from './words.ts';

/** Rows of one statement: databases take a limited number of values in it. */
const rowsAtOnce = 500;

/** Stores messages whose numbers are settled, with all that belongs to them. */
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

/** Notes who is named in these messages. */
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
