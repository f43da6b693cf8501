import type { Pace } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Tx } from '../database/database.ts';
import { memberOf } from '../rooms/memberships.ts';
import { findChat } from './chatRows.ts';

/** The least time between two messages of a person in the rooms that have slow mode, in ms. */
export async function slowRooms(tx: Tx, rooms: readonly RoomId[]): Promise<Map<RoomId, number>> {
	const rows = await tx
		.selectFrom('room_policies')
		.select(['room_id', 'slow_mode'])
		.where('room_id', 'in', rooms)
		.where('slow_mode', '>', 0)
		.execute();
	return new Map(rows.map(({ room_id, slow_mode }) => [room_id, slow_mode * 1000]));
}

/**
 * When each of these people posted last in this chat, among the messages after a time. Reads these messages only. A
 * deleted message counts.
 */
export async function lastPosts(
	tx: Tx,
	chatId: number,
	people: readonly PersonId[],
	after: number,
): Promise<Map<PersonId, number>> {
	const rows = await tx
		.selectFrom('messages')
		.select(({ fn }) => ['author_id', fn.max('sent_at').as('at')])
		.where('chat_id', '=', chatId)
		.where('sent_at', '>', after)
		.where('author_id', 'in', people)
		.where('kind', '!=', 'system')
		.groupBy('author_id')
		.execute();
	return new Map(rows.map(({ author_id, at }) => [author_id, at]));
}

/** How fast this person may post in the room's own chat (CHAT-18). */
export async function paceOf(
	tx: Tx,
	roomId: RoomId,
	personId: PersonId,
	now: number,
): Promise<Pace> {
	const interval = (await slowRooms(tx, [roomId])).get(roomId);
	if (interval === undefined) return { slowMode: 0, wait: 0 };
	const pace = (wait: number): Pace => ({ slowMode: interval / 1000, wait });
	if ((await memberOf(tx, roomId, personId))?.role === 'host') return pace(0);
	const chat = await findChat(tx, { roomId, pair: null });
	if (!chat) return pace(0);
	const last = (await lastPosts(tx, chat.chat_id, [personId], now - interval)).get(personId);
	return pace(last === undefined ? 0 : last + interval - now);
}
