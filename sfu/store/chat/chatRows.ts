import type { ExpressionBuilder, Selectable } from 'kysely';
import type { ChatBounds } from '#shared/chat.ts';
import type { Database, Tx } from '../database/database.ts';
import type { ChatKey } from '../api/store.ts';
import type { Tables } from '../database/tables.ts';

export type ChatRow = Selectable<Tables['chats']>;

/** The columns that identify a chat. */
export function columnsOf({ roomId, pair }: ChatKey) {
	return { room_id: roomId, low: pair?.[0] ?? '', high: pair?.[1] ?? '' } as const;
}

export function keyOf({ room_id, low, high }: Pick<ChatRow, 'room_id' | 'low' | 'high'>): ChatKey {
	return { roomId: room_id, pair: low === '' || high === '' ? null : [low, high] };
}

/** A text that identifies the chat, as a key of a map. */
export function nameOf(key: ChatKey): string {
	const { room_id, low, high } = columnsOf(key);
	return `${room_id} ${low} ${high}`;
}

/** The bounds of a chat, also of a chat without messages. */
export function boundsOf(chat: ChatRow | undefined): ChatBounds {
	return chat
		? { first: chat.first_seq, last: chat.last_seq, revision: chat.revision }
		: { first: 1, last: 0, revision: 0 };
}

/** The condition for one row of the table of chats. */
export const whereKey = (key: ChatKey) => (eb: ExpressionBuilder<Tables, 'chats'>) => {
	const { room_id, low, high } = columnsOf(key);
	return eb.and([eb('room_id', '=', room_id), eb('low', '=', low), eb('high', '=', high)]);
};

const select = (tx: Tx, keys: readonly ChatKey[]) =>
	tx
		.selectFrom('chats')
		.selectAll()
		.where((eb) => eb.or(keys.map((key) => whereKey(key)(eb))));

export function findChat(tx: Tx, key: ChatKey): Promise<ChatRow | undefined> {
	return select(tx, [key]).executeTakeFirst();
}

/** The chat's row, locked until the end of the transaction. */
export function lockChat(database: Database, tx: Tx, key: ChatKey): Promise<ChatRow | undefined> {
	return database.lock(select(tx, [key])).executeTakeFirst();
}

/**
 * Locks these chats, making those that do not exist. The order is always the same, so that two transactions that need
 * the same chats do not deadlock.
 */
export async function lockChats(
	database: Database,
	tx: Tx,
	keys: readonly ChatKey[],
): Promise<Map<string, ChatRow>> {
	const locked = () => database.lock(select(tx, keys)).orderBy('chat_id').execute();
	let chats = await locked();
	if (chats.length < keys.length) {
		await addChats(tx, keys);
		chats = await locked();
	}
	return new Map(chats.map((chat) => [nameOf(keyOf(chat)), chat]));
}

async function addChats(tx: Tx, keys: readonly ChatKey[]): Promise<void> {
	const sorted = keys.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
	const rooms = [...new Set(sorted.map(({ roomId }) => roomId))];
	await addRooms(tx, rooms);
	await tx
		.insertInto('chats')
		.values(
			sorted.map((key) => ({
				...columnsOf(key),
				first_seq: 1,
				last_seq: 0,
				revision: 0,
				last_at: 0,
			})),
		)
		.onConflict((conflict) => conflict.columns(['room_id', 'low', 'high']).doNothing())
		.execute();
}

/** Adds these rooms if they are unknown. */
export async function addRooms(tx: Tx, rooms: readonly ChatKey['roomId'][]): Promise<void> {
	await tx
		.insertInto('rooms')
		.values(rooms.map((room_id) => ({ room_id })))
		.onConflict((conflict) => conflict.column('room_id').doNothing())
		.execute();
}
