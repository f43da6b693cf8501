import type { PersonId, RoomId } from '#shared/ids.ts';
import type { DirectStore } from '../api/acquaintanceStore.ts';
import type { Database, Tx } from '../database/database.ts';
import { addMember, lockRoom } from './memberships.ts';
import { addPerson } from '../people/people.ts';
import { putPolicy } from './policies.ts';
import { unreadOfRooms } from '../chat/unread.ts';

export function directStore(database: Database): DirectStore {
	const { db } = database;

	return {
		open: async (one, other, fresh, at) => {
			const [first, second] = one.personId < other.personId ? [one, other] : [other, one];
			const [low, high] = [first.personId, second.personId];
			const known = await directOf(db, low, high);
			if (known) return known;
			return database.write(async (tx) => {
				await addPerson(tx, low, at);
				await addPerson(tx, high, at);
				await tx.insertInto('rooms').values({ room_id: fresh, kind: 'direct' }).execute();
				const { numInsertedOrUpdatedRows } = await tx
					.insertInto('direct_rooms')
					.values({ low, high, room_id: fresh })
					.onConflict((conflict) => conflict.columns(['low', 'high']).doNothing())
					.executeTakeFirstOrThrow();
				if (numInsertedOrUpdatedRows !== 1n) {
					// Both people began the chat at the same moment.
					await tx.deleteFrom('rooms').where('room_id', '=', fresh).execute();
					const made = await directOf(tx, low, high);
					if (!made) throw new Error('a room that was just made is not there');
					return made;
				}
				await putPolicy(tx, fresh, { locked: 1 });
				await lockRoom(database, tx, fresh);
				for (const person of [first, second])
					await addMember(tx, fresh, { ...person, role: 'host' }, at);
				return fresh;
			});
		},

		list: (person) => database.read((tx) => directsOf(tx, person)),
	};
}

async function directOf(
	db: Pick<Tx, 'selectFrom'>,
	low: PersonId,
	high: PersonId,
): Promise<RoomId | null> {
	const row = await db
		.selectFrom('direct_rooms')
		.select('room_id')
		.where('low', '=', low)
		.where('high', '=', high)
		.executeTakeFirst();
	return row?.room_id ?? null;
}

async function directsOf(tx: Tx, person: PersonId) {
	const ofSide = (mine: 'low' | 'high', theirs: 'low' | 'high') =>
		tx
			.selectFrom('direct_rooms')
			.innerJoin('memberships', (join) =>
				join
					.onRef('memberships.room_id', '=', 'direct_rooms.room_id')
					.onRef('memberships.person_id', '=', `direct_rooms.${theirs}`),
			)
			.select(['direct_rooms.room_id as roomId', 'memberships.person_id as personId', 'name'])
			.where(`direct_rooms.${mine}`, '=', person)
			.execute();
	const rooms = [...(await ofSide('low', 'high')), ...(await ofSide('high', 'low'))];
	if (rooms.length === 0) return [];
	const unread = await unreadOfRooms(
		tx,
		person,
		rooms.map(({ roomId }) => roomId),
	);
	const found = new Map(unread.map((chat) => [chat.room_id, chat]));
	return rooms
		.flatMap((room) => {
			const chat = found.get(room.roomId);
			return chat ? [{ ...room, lastAt: chat.last_at, unread: chat.unread }] : [];
		})
		.sort((a, b) => b.lastAt - a.lastAt);
}
