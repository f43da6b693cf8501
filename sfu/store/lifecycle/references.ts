import type { PersonId, RoomId } from '#shared/ids.ts';
import { keyOf, type ChatRow } from '../chat/chatRows.ts';
import type { Removal } from '../api/accountStore.ts';
import type { Database, Tx } from '../database/database.ts';

/** Rows named in one statement: databases accept a limited number of values in it. */
const rowsAtOnce = 500;

/** Splits a list into parts that fit in one statement. */
export function inParts<T>(list: readonly T[]): T[][] {
	const parts: T[][] = [];
	for (let start = 0; start < list.length; start += rowsAtOnce)
		parts.push(list.slice(start, start + rowsAtOnce));
	return parts;
}

/** The rooms that this person is or was in. */
export async function roomsWith(tx: Tx, personId: PersonId): Promise<RoomId[]> {
	const rows = await tx
		.selectFrom('memberships')
		.select('room_id')
		.where('person_id', '=', personId)
		.orderBy('room_id')
		.execute();
	return rows.map(({ room_id }) => room_id);
}

/** Locks all chats that refer to this person, always in the same order, so that two transactions do not deadlock. */
export async function lockReferences(
	database: Database,
	tx: Tx,
	personId: PersonId,
): Promise<ChatRow[]> {
	const chats = tx
		.selectFrom('chats')
		.selectAll()
		.where((eb) =>
			eb.or([
				eb(
					'room_id',
					'in',
					tx.selectFrom('memberships').select('room_id').where('person_id', '=', personId),
				),
				eb(
					'chat_id',
					'in',
					tx.selectFrom('messages').select('chat_id').where('author_id', '=', personId),
				),
				eb(
					'chat_id',
					'in',
					tx
						.selectFrom('reactions')
						.innerJoin('messages', 'messages.id', 'reactions.message_row')
						.select('messages.chat_id')
						.where('reactions.person_id', '=', personId),
				),
				eb(
					'chat_id',
					'in',
					tx
						.selectFrom('corrections')
						.innerJoin('messages', 'messages.id', 'corrections.message_row')
						.select('messages.chat_id')
						.where('corrections.person_id', '=', personId),
				),
			]),
		)
		.orderBy('chat_id');
	return database.lock(chats).execute();
}

/** Messages of these chats that refer to this person: as their author, in a reaction, a correction or a mention. */
export async function messagesNaming(
	tx: Tx,
	personId: PersonId,
	chats: readonly ChatRow[],
): Promise<Set<number>> {
	const written = await tx
		.selectFrom('messages')
		.select('id as row')
		.where('author_id', '=', personId)
		.execute();
	const reacted = await tx
		.selectFrom('reactions')
		.select('message_row as row')
		.where('person_id', '=', personId)
		.execute();
	const corrected = await tx
		.selectFrom('corrections')
		.select('message_row as row')
		.where('person_id', '=', personId)
		.execute();
	const rows = new Set([...written, ...reacted, ...corrected].map(({ row }) => row));
	for (const part of inParts(chats.map(({ chat_id }) => chat_id))) {
		const mentioned = await tx
			.selectFrom('mentions')
			.select('message_row as row')
			.where('chat_id', 'in', part)
			.where('person_id', '=', personId)
			.execute();
		const inSystemLines = await tx
			.selectFrom('messages')
			.select('id as row')
			.where('chat_id', 'in', part)
			.where('kind', '=', 'system')
			.where('system', 'like', `%"${personId}"%`)
			.execute();
		for (const { row } of [...mentioned, ...inSystemLines]) rows.add(row);
	}
	return rows;
}

/** Gives each of these messages the next revision of its chat, which is locked. */
export async function revise(
	tx: Tx,
	chats: readonly ChatRow[],
	rows: ReadonlySet<number>,
): Promise<Removal['changed']> {
	const ofChat = new Map<number, number[]>();
	for (const part of inParts([...rows].sort((a, b) => a - b))) {
		const found = await tx
			.selectFrom('messages')
			.select(['id', 'chat_id'])
			.where('id', 'in', part)
			.orderBy('id')
			.execute();
		for (const { id, chat_id } of found) {
			const others = ofChat.get(chat_id);
			if (others) others.push(id);
			else ofChat.set(chat_id, [id]);
		}
	}
	const changed: Removal['changed'] = [];
	for (const chat of chats) {
		const ids = ofChat.get(chat.chat_id);
		if (!ids) continue;
		let { revision } = chat;
		for (const id of ids)
			await tx.updateTable('messages').set({ revision: ++revision }).where('id', '=', id).execute();
		await tx.updateTable('chats').set({ revision }).where('chat_id', '=', chat.chat_id).execute();
		changed.push({ key: keyOf(chat), after: chat.revision });
	}
	return changed;
}
