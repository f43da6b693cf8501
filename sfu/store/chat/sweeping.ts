import { sql } from 'kysely';
import type { ChatBounds } from '#shared/chat.ts';
import { boundsOf, keyOf, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import type { ChatKey, ChatStore } from '../api/store.ts';
import { words } from '../database/words.ts';

/** Messages of one transaction, so that people who post meanwhile wait only for a moment. */
const batchSize = 1000;
const day = 24 * 60 * 60 * 1000;

type Cleared = ChatBounds & { key: ChatKey };

export function sweepingStore(
	database: Database,
): Pick<ChatStore, 'sweep' | 'sweepEmpty' | 'sweepable'> {
	return {
		sweep: (now) =>
			database.write(async (tx) => {
				const cleared: Cleared[] = [];
				let left = batchSize;
				for (const { chat_id, retention_days } of await overdue(tx, now)) {
					const chat = await lockRow(database, tx, chat_id);
					const rows = await tx
						.selectFrom('messages')
						.select(['seq', 'sent_at'])
						.where('chat_id', '=', chat_id)
						.orderBy('seq')
						.limit(left)
						.execute();
					// Up to the first message that stays: the removed messages are always the beginning of the chat.
					const young = now - (retention_days ?? 0) * day;
					const staying = rows.findIndex(({ sent_at }) => sent_at >= young);
					const count = staying < 0 ? rows.length : staying;
					if (count === 0) continue;
					cleared.push(await clear(database, tx, chat, chat.first_seq + count));
					left -= count;
					if (left <= 0) break;
				}
				return cleared;
			}),

		sweepEmpty: async (roomId) => {
			const cleared = new Map<number, Cleared>();
			const last = new Map<number, number>();
			for (;;) {
				const step = await database.write(async (tx) => {
					const chats = await clearable(tx).where('chats.room_id', '=', roomId).execute();
					// Messages that are posted meanwhile belong to people who are back.
					for (const { chat_id, last_seq } of chats)
						if (!last.has(chat_id)) last.set(chat_id, last_seq);
					const next = chats.find(
						({ chat_id, first_seq }) => first_seq <= (last.get(chat_id) ?? 0),
					);
					if (!next) return null;
					const chat = await lockRow(database, tx, next.chat_id);
					const end = (last.get(chat.chat_id) ?? 0) + 1;
					const first = Math.min(chat.first_seq + batchSize, end);
					return [chat.chat_id, await clear(database, tx, chat, first)] as const;
				});
				if (!step) return [...cleared.values()];
				cleared.set(...step);
			}
		},

		sweepable: async () => {
			const rooms = await clearable(database.db)
				.clearSelect()
				.select('chats.room_id')
				.distinct()
				.execute();
			return rooms.map(({ room_id }) => room_id);
		},
	};
}

/** Rooms' own chats whose first message is older than the room's retention. Chats of two are not affected. */
function overdue(tx: Tx, now: number) {
	return tx
		.selectFrom('room_policies')
		.innerJoin('chats', 'chats.room_id', 'room_policies.room_id')
		.innerJoin('messages', (join) =>
			join
				.onRef('messages.chat_id', '=', 'chats.chat_id')
				.onRef('messages.seq', '=', 'chats.first_seq'),
		)
		.select(['chats.chat_id', 'room_policies.retention_days'])
		.where('room_policies.retention', '=', 'days')
		.where('chats.low', '=', '')
		.where(sql<boolean>`messages.sent_at + room_policies.retention_days * ${day} < ${now}`)
		.orderBy('chats.chat_id')
		.limit(100)
		.execute();
}

/** Own chats of rooms that keep them until they are empty, if they hold a message. */
function clearable(db: Pick<Tx, 'selectFrom'>) {
	return db
		.selectFrom('room_policies')
		.innerJoin('chats', 'chats.room_id', 'room_policies.room_id')
		.selectAll('chats')
		.where('room_policies.retention', '=', 'until-empty')
		.where('chats.low', '=', '')
		.whereRef('chats.first_seq', '<=', 'chats.last_seq');
}

function lockRow(database: Database, tx: Tx, chatId: number): Promise<ChatRow> {
	return database
		.lock(tx.selectFrom('chats').selectAll().where('chat_id', '=', chatId))
		.executeTakeFirstOrThrow();
}

/** Removes the messages before this seq, with all their parts; files by way of `doomed`. */
async function clear(database: Database, tx: Tx, chat: ChatRow, first: number): Promise<Cleared> {
	const going = tx
		.selectFrom('messages')
		.select('id')
		.where('chat_id', '=', chat.chat_id)
		.where('seq', '<', first);
	const texts = await going.select('body').where('kind', '=', 'text').execute();
	await tx
		.updateTable('files')
		.set({ doomed: 1, message_row: null })
		.where('message_row', 'in', going)
		.execute();
	await database.search.drop(
		tx,
		texts.map(({ id, body }) => ({ row: id, chatId: chat.chat_id, words: words(body) })),
	);
	await tx
		.deleteFrom('messages')
		.where('chat_id', '=', chat.chat_id)
		.where('seq', '<', first)
		.execute();
	await tx
		.updateTable('chats')
		.set({ first_seq: first })
		.where('chat_id', '=', chat.chat_id)
		.execute();
	return { key: keyOf(chat), ...boundsOf({ ...chat, first_seq: first }) };
}
