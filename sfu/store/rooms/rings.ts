import type { Selectable } from 'kysely';
import { addPerson } from '../people/people.ts';
import type { RingRecord, RingStore } from '../api/acquaintanceStore.ts';
import { addRooms } from '../chat/chatRows.ts';
import type { Database } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

export function ringStore(database: Database): RingStore {
	const { db } = database;

	return {
		begin: ({ ringId, roomId, caller, callee, video, hidden, at }) =>
			database.write(async (tx) => {
				await addPerson(tx, caller.personId, at);
				await addPerson(tx, callee.personId, at);
				await addRooms(tx, [roomId]);
				const open = { answered_at: null, ended_at: null, outcome: null };
				await tx
					.insertInto('rings')
					.values({
						ring_id: ringId,
						room_id: roomId,
						caller_id: caller.personId,
						caller_name: caller.name,
						callee_id: callee.personId,
						callee_name: callee.name,
						video: video ? 1 : 0,
						hidden: hidden ? 1 : 0,
						began_at: at,
						...open,
					})
					// It rang when the service ended, and continues to ring now.
					.onConflict((conflict) => conflict.column('ring_id').doUpdateSet(open))
					.execute();
			}),

		answered: async (ringId, at) => {
			await db
				.updateTable('rings')
				.set({ answered_at: at })
				.where('ring_id', '=', ringId)
				.where('answered_at', 'is', null)
				.execute();
		},

		end: async (ringId, outcome, at) => {
			await db
				.updateTable('rings')
				.set({ outcome, ended_at: at })
				.where('ring_id', '=', ringId)
				.where('ended_at', 'is', null)
				.execute();
		},

		recover: () =>
			database.write(async (tx) => {
				const talks = await tx
					.updateTable('rings')
					.set((eb) => ({
						outcome: 'accepted',
						ended_at: eb.fn.coalesce(
							eb
								.selectFrom('calls')
								.select((inner) => inner.fn.max('alive_at').as('alive'))
								.whereRef('calls.room_id', '=', 'rings.room_id')
								.whereRef('calls.alive_at', '>', 'rings.answered_at'),
							'answered_at',
						),
					}))
					.where('ended_at', 'is', null)
					.where('answered_at', 'is not', null)
					.returningAll()
					.execute();
				await tx
					.updateTable('rings')
					.set((eb) => ({ outcome: 'no-answer', ended_at: eb.ref('began_at') }))
					.where('ended_at', 'is', null)
					.execute();
				return talks.map(recordOf);
			}),

		history: async (person, before, limit) => {
			const side = (mine: 'caller_id' | 'callee_id') =>
				db
					.selectFrom('rings')
					.selectAll('rings')
					.select((eb) =>
						eb
							.selectFrom('rooms')
							.innerJoin('memberships', 'memberships.room_id', 'rooms.room_id')
							.select('rooms.name')
							.whereRef('rooms.room_id', '=', 'rings.room_id')
							.where('memberships.person_id', '=', person)
							.where('memberships.role', '!=', 'removed')
							.as('room_name'),
					)
					.where(mine, '=', person)
					.where('began_at', '<', before)
					.orderBy('began_at', 'desc')
					.limit(limit);
			const made = await side('caller_id').execute();
			const got = await side('callee_id').where('hidden', '=', 0).execute();
			return [...made, ...got]
				.sort((a, b) => b.began_at - a.began_at)
				.slice(0, limit)
				.map((row) => ({ ...recordOf(row), roomName: row.room_name }));
		},
	};
}

const recordOf = (row: Selectable<Tables['rings']>): RingRecord => ({
	ringId: row.ring_id,
	roomId: row.room_id,
	caller: { personId: row.caller_id, name: row.caller_name },
	callee: { personId: row.callee_id, name: row.callee_name },
	video: row.video === 1,
	beganAt: row.began_at,
	answeredAt: row.answered_at,
	endedAt: row.ended_at,
	outcome: row.outcome,
});
