import { lockChats, nameOf } from './chatRows.ts';
import type { Database } from '../database/database.ts';
import { toFileInfo } from './messageRows.ts';
import type { FileStore } from '../api/store.ts';

export function fileStore(database: Database): FileStore {
	const { db } = database;

	return {
		add: ({ info, key, owner, at }) =>
			database.write(async (tx) => {
				const chat = (await lockChats(database, tx, [key])).get(nameOf(key));
				if (!chat) throw new Error('a chat that was just made is not there');
				await tx
					.insertInto('files')
					.values({
						file_id: info.fileId,
						chat_id: chat.chat_id,
						owner_id: owner,
						name: info.name,
						type: info.type,
						size: info.size,
						width: info.picture?.width ?? null,
						height: info.picture?.height ?? null,
						added_at: at,
						message_row: null,
						place: 0,
						doomed: 0,
					})
					.execute();
			}),

		readable: async (fileId, personId, within = null) => {
			let files = db
				.selectFrom('files')
				.innerJoin('chats', 'chats.chat_id', 'files.chat_id')
				.leftJoin('memberships', (join) =>
					join
						.onRef('memberships.room_id', '=', 'chats.room_id')
						.on('memberships.person_id', '=', personId),
				)
				.selectAll('files')
				.select(['chats.low', 'chats.high', 'memberships.role'])
				.where('files.file_id', '=', fileId)
				.where('files.doomed', '=', 0);
			if (within !== null) files = files.where('chats.room_id', '=', within);
			const file = await files.executeTakeFirst();
			if (!file) return null;
			const isMember = file.role === 'host' || file.role === 'member';
			const isOneOfTwo = file.low === '' || file.low === personId || file.high === personId;
			const mayRead =
				file.message_row === null ? file.owner_id === personId : isMember && isOneOfTwo;
			return mayRead ? toFileInfo(file) : null;
		},

		sizeOf: async (roomId, owner) => {
			let files = db
				.selectFrom('files')
				.innerJoin('chats', 'chats.chat_id', 'files.chat_id')
				.select((eb) => eb.fn.sum<number | string | null>('files.size').as('size'))
				.where('chats.room_id', '=', roomId);
			if (owner !== undefined) files = files.where('files.owner_id', '=', owner);
			const { size } = await files.executeTakeFirstOrThrow();
			return Number(size ?? 0);
		},

		sizeOfAll: async () => {
			const { size } = await db
				.selectFrom('files')
				.select((eb) => eb.fn.sum<number | string | null>('size').as('size'))
				.executeTakeFirstOrThrow();
			return Number(size ?? 0);
		},

		abandon: async (before) => {
			await db
				.updateTable('files')
				.set({ doomed: 1 })
				.where('message_row', 'is', null)
				.where('doomed', '=', 0)
				.where('added_at', '<', before)
				.execute();
		},

		pendingDeletion: async (limit) => {
			const files = await db
				.selectFrom('files')
				.select('file_id')
				.where('message_row', 'is', null)
				.where('doomed', '=', 1)
				.orderBy('added_at')
				.limit(limit)
				.execute();
			return files.map(({ file_id }) => file_id);
		},

		forget: async (fileIds) => {
			if (fileIds.length === 0) return;
			await db
				.deleteFrom('files')
				.where('file_id', 'in', fileIds)
				.where('doomed', '=', 1)
				.execute();
		},
	};
}
