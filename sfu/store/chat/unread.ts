import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { ChatSummary } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { boundsOf, findChat, keyOf, whereKey, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import type { ChatKey, ChatStore } from '../api/store.ts';
import type { Tables } from '../database/tables.ts';

type ChatExpressions = ExpressionBuilder<Tables, 'chats'>;

/** The rooms' own chats, and the chats of two with this person. */
export const readableBy = (personId: PersonId) => (eb: ChatExpressions) =>
	eb.or([eb('low', '=', ''), eb('low', '=', personId), eb('high', '=', personId)]);

/** The last message of the chat that this person has read; 0 if none. */
const readIn = (eb: ChatExpressions, personId: PersonId) =>
	eb.fn.coalesce(
		eb
			.selectFrom('read_positions')
			.select('read_positions.seq')
			.whereRef('read_positions.chat_id', '=', 'chats.chat_id')
			.where('read_positions.person_id', '=', personId),
		eb.lit(0),
	);

/** How many messages of other people this person has not read. Tombstones and system lines do not count. */
const unreadIn = (eb: ChatExpressions, personId: PersonId) =>
	eb
		.selectFrom('messages')
		.select((inner) => inner.fn.countAll<number>().as('count'))
		.whereRef('messages.chat_id', '=', 'chats.chat_id')
		.where('messages.kind', '=', 'text')
		.where('messages.seq', '>', readIn(eb, personId))
		.where('messages.author_id', '<>', personId);

const mentionedIn = (eb: ChatExpressions, personId: PersonId) =>
	eb.exists(
		eb
			.selectFrom('mentions')
			.innerJoin('messages', 'messages.id', 'mentions.message_row')
			.select('mentions.seq')
			.whereRef('mentions.chat_id', '=', 'chats.chat_id')
			.where('mentions.person_id', '=', personId)
			.where('mentions.seq', '>', readIn(eb, personId))
			.where('messages.author_id', '<>', personId),
	);

/** Chats with this person's read position and unread count. */
function counted<O>(query: SelectQueryBuilder<Tables, 'chats', O>, personId: PersonId) {
	return query
		.selectAll('chats')
		.select((eb) => [
			readIn(eb, personId).as('read'),
			eb.fn.coalesce(unreadIn(eb, personId), eb.lit(0)).as('unread'),
			mentionedIn(eb, personId).as('mentioned'),
		]);
}

/** The chats with a message in all rooms that this person is a member of, or in these ones. */
export function unreadOfRooms(tx: Tx, personId: PersonId, among?: readonly RoomId[]) {
	let rooms = tx
		.selectFrom('memberships')
		.select('room_id')
		.where('person_id', '=', personId)
		.where('role', '!=', 'removed');
	if (among) rooms = rooms.where('room_id', 'in', among);
	return counted(tx.selectFrom('chats'), personId)
		.where('room_id', 'in', rooms)
		.where(readableBy(personId))
		.whereRef('first_seq', '<=', 'last_seq')
		.execute();
}

type Counted = ChatRow & { read: number; unread: number; mentioned: unknown };

function toSummary(key: ChatKey, personId: PersonId, chat: Counted | undefined): ChatSummary {
	return {
		with: key.pair?.find((one) => one !== personId) ?? null,
		...boundsOf(chat),
		read: chat?.read ?? 0,
		unread: chat?.unread ?? 0,
		mentioned: Boolean(chat?.mentioned),
	};
}

async function summaryOf(tx: Tx, key: ChatKey, personId: PersonId): Promise<ChatSummary> {
	const chat = await counted(
		tx.selectFrom('chats').where(whereKey(key)),
		personId,
	).executeTakeFirst();
	return toSummary(key, personId, chat);
}

async function summariesOf(
	tx: Tx,
	roomId: ChatKey['roomId'],
	personId: PersonId,
): Promise<ChatSummary[]> {
	const chats = await counted(tx.selectFrom('chats'), personId)
		.where('room_id', '=', roomId)
		.where(readableBy(personId))
		.orderBy('last_at', 'desc')
		.execute();
	const pairs = chats.filter(({ low, first_seq, last_seq }) => low !== '' && first_seq <= last_seq);
	const own = chats.find(({ low }) => low === '');
	return [
		toSummary({ roomId, pair: null }, personId, own),
		...pairs.map((chat) => toSummary(keyOf(chat), personId, chat)),
	];
}

export function unreadStore(database: Database): Pick<ChatStore, 'summaries' | 'summary' | 'read'> {
	return {
		summaries: (roomId, personId) => database.read((tx) => summariesOf(tx, roomId, personId)),
		summary: (key, personId) => database.read((tx) => summaryOf(tx, key, personId)),

		read: (key, personId, seq) =>
			database.write(async (tx) => {
				const chat = await findChat(tx, key);
				if (chat) {
					const position = Math.min(seq, chat.last_seq);
					await tx
						.insertInto('read_positions')
						.values({ chat_id: chat.chat_id, person_id: personId, seq: position })
						.onConflict((conflict) =>
							conflict
								.columns(['chat_id', 'person_id'])
								.doUpdateSet({ seq: position })
								.where('read_positions.seq', '<', position),
						)
						.execute();
				}
				return summaryOf(tx, key, personId);
			}),
	};
}
