import type { Selectable } from 'kysely';
import type { FileInfo, Message, Quote, SystemEvent } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';
import { beginningOf, excerptOfText } from '#shared/sealed.ts';
import { isSealedBody } from '#shared/sealedForm.ts';
import type { Tx } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

export type MessageRow = Selectable<Tables['messages']>;
export type FileRow = Selectable<Tables['files']>;
/** A row that has no number from the database yet. */
export type NewRow = Omit<MessageRow, 'id'>;

/** The parts of a message beside its row. */
type Parts = {
	quote: Quote | null;
	mentions: PersonId[];
	files: FileInfo[];
	reactions: Message['reactions'];
	corrections: Message['corrections'];
};

export function toQuote(row: NewRow): Quote {
	return {
		messageId: row.message_id,
		seq: row.seq,
		author: { personId: row.author_id, name: row.author_name },
		excerpt: isSealedBody(row.body) ? beginningOf(row.body) : excerptOfText(row.body),
	};
}

export function toFileInfo(row: FileRow): FileInfo {
	const { file_id: fileId, name, type, size, width, height } = row;
	const picture = width === null || height === null ? null : { width, height };
	return { fileId, name, type, size, picture };
}

export function toMessage(row: NewRow, parts: Parts): Message {
	return {
		messageId: row.message_id,
		seq: row.seq,
		revision: row.revision,
		sentAt: row.sent_at,
		author: { personId: row.author_id, name: row.author_name },
		content: toContent(row, parts),
		replyTo: parts.quote,
		reactions: parts.reactions,
		corrections: parts.corrections,
	};
}

function toContent(row: NewRow, { mentions, files }: Parts): Message['content'] {
	switch (row.kind) {
		case 'text':
			return { kind: 'text', body: row.body, mentions, files, editedAt: row.edited_at };
		case 'deleted':
			return { kind: 'deleted', ...(row.deleted_by_host === 1 && { byHost: true }) };
		case 'system':
			return { kind: 'system', system: JSON.parse(row.system ?? 'null') as SystemEvent };
	}
}

/** Pads a list to a power of two with its last item, so that lists of all lengths need few different statements. */
function padded<T>(list: readonly T[]): T[] {
	const last = list.at(-1);
	if (last === undefined) return [];
	const length = 2 ** Math.ceil(Math.log2(list.length));
	return [...list, ...Array<T>(length - list.length).fill(last)];
}

function grouped<T extends { message_row: number | null }>(rows: readonly T[]): Map<number, T[]> {
	const groups = new Map<number, T[]>();
	for (const row of rows) {
		if (row.message_row === null) continue;
		const group = groups.get(row.message_row);
		if (group) group.push(row);
		else groups.set(row.message_row, [row]);
	}
	return groups;
}

/** The messages of these rows of one chat, in their order, with the same number of queries for any number of rows. */
export async function loadMessages(tx: Tx, rows: readonly MessageRow[]): Promise<Message[]> {
	const [first] = rows;
	if (!first) return [];
	const texts = padded(rows.filter(({ kind }) => kind === 'text').map(({ id }) => id));
	const answered = padded([...new Set(rows.flatMap(({ reply_to }) => reply_to ?? []))]);

	const quotes = new Map(
		answered.length === 0
			? []
			: (
					await tx
						.selectFrom('messages')
						.selectAll()
						.where('chat_id', '=', first.chat_id)
						.where('seq', 'in', answered)
						.execute()
				).map((row) => [row.seq, toQuote(row)]),
	);
	const of = await partsOf(tx, texts);
	return rows.map((row) =>
		toMessage(row, { quote: quotes.get(row.reply_to ?? 0) ?? null, ...of(row.id) }),
	);
}

/** The parts of these messages. The list must not be empty. */
async function partsOf(
	tx: Tx,
	rows: readonly number[],
): Promise<(row: number) => Omit<Parts, 'quote'>> {
	if (rows.length === 0) return () => ({ mentions: [], files: [], reactions: [], corrections: [] });
	const mentions = grouped(
		await tx
			.selectFrom('mentions')
			.select(['message_row', 'person_id'])
			.where('message_row', 'in', rows)
			.orderBy('place')
			.execute(),
	);
	const files = grouped(
		await tx
			.selectFrom('files')
			.selectAll()
			.where('message_row', 'in', rows)
			.orderBy('place')
			.execute(),
	);
	const reactions = grouped(
		await tx
			.selectFrom('reactions')
			.select(['message_row', 'emoji', 'person_id'])
			.where('message_row', 'in', rows)
			.orderBy('place')
			.orderBy('id')
			.execute(),
	);
	const corrections = grouped(
		await tx
			.selectFrom('corrections')
			.selectAll()
			.where('message_row', 'in', rows)
			.orderBy('proposed_at')
			.execute(),
	);
	const originalOf = await originalsOf(tx, [...corrections.values()].flat());
	return (row) => ({
		mentions: (mentions.get(row) ?? []).map(({ person_id }) => person_id),
		files: (files.get(row) ?? []).map(toFileInfo),
		reactions: byEmoji(reactions.get(row) ?? []),
		corrections: (corrections.get(row) ?? []).map((correction) => {
			const { person_id, name, body, proposed_at } = correction;
			const original = originalOf(correction);
			return {
				author: { personId: person_id, name },
				body,
				proposedAt: proposed_at,
				...(original !== undefined && { original }),
			};
		}),
	});
}

type Proposed = { message_row: number; proposed_at: number };

/** Reads the texts that corrections were proposed for. @returns that of one, or undefined if its message still has it. */
async function originalsOf(
	tx: Tx,
	corrections: readonly Proposed[],
): Promise<(correction: Proposed) => string | undefined> {
	if (corrections.length === 0) return () => undefined;
	const rows = padded([...new Set(corrections.map(({ message_row }) => message_row))]);
	const edits = await tx
		.selectFrom('edits')
		.innerJoin('messages', 'messages.id', 'edits.message_row')
		.select(['message_row', 'edits.body', 'written_at', 'edited_at'])
		.where('message_row', 'in', rows)
		.orderBy('edits.id')
		.execute();
	const editsOf = grouped(edits);
	return ({ message_row, proposed_at }) => {
		const earlier = editsOf.get(message_row) ?? [];
		const editedAt = earlier[0]?.edited_at ?? 0;
		if (editedAt <= proposed_at) return undefined;
		return earlier.findLast(({ written_at }) => written_at <= proposed_at)?.body;
	};
}

function byEmoji(rows: readonly { emoji: string; person_id: PersonId }[]): Message['reactions'] {
	const people = new Map<string, PersonId[]>();
	for (const { emoji, person_id } of rows) {
		const others = people.get(emoji);
		if (others) others.push(person_id);
		else people.set(emoji, [person_id]);
	}
	return Array.from(people, ([emoji, of]) => ({ emoji, people: of }));
}

/** Reads the earlier texts of messages, the oldest first. @returns those of the message in this row. */
export async function loadEdits(
	tx: Tx,
	rows: readonly number[],
): Promise<(row: number | undefined) => { body: string; at: number }[]> {
	const edits = await tx
		.selectFrom('edits')
		.select(['message_row', 'body', 'written_at'])
		.where('message_row', 'in', rows)
		.orderBy('id')
		.execute();
	return (row) =>
		edits
			.filter(({ message_row }) => message_row === row)
			.map(({ body, written_at }) => ({ body, at: written_at }));
}
