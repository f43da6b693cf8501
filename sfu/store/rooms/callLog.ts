import type { CallId, RoomId } from '#shared/ids.ts';
import { addRooms } from '../chat/chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import type { CallRecord, CallStore } from '../api/store.ts';

export function callStore(database: Database): Omit<CallStore, 'forget'> {
	return {
		begin: (callId, roomId, at) =>
			database.write(async (tx) => {
				await addRooms(tx, [roomId]);
				const former = unended(tx).where('room_id', '=', roomId).where('call_id', '!=', callId);
				await endWhenLastAlive(tx, former);
				await tx
					.insertInto('calls')
					.values({ call_id: callId, room_id: roomId, began_at: at, ended_at: null, alive_at: at })
					.onConflict((conflict) => conflict.column('call_id').doNothing())
					.execute();
			}),

		joined: (callId, peerId, by, at) =>
			database.write(async (tx) => {
				await tx
					.insertInto('call_participants')
					.values({
						call_id: callId,
						peer_id: peerId,
						person_id: by.personId,
						name: by.name,
						joined_at: at,
						left_at: null,
					})
					.onConflict((conflict) => conflict.columns(['call_id', 'peer_id']).doNothing())
					.execute();
				await noteAlive(tx, [callId], at);
				await tx
					.updateTable('memberships')
					.set({ unlisted: 0 })
					.where('room_id', '=', (eb) =>
						eb.selectFrom('calls').select('room_id').where('call_id', '=', callId),
					)
					.where('person_id', '=', by.personId)
					.where('unlisted', '=', 1)
					.execute();
			}),

		left: (callId, peerId, at) =>
			database.write(async (tx) => {
				await tx
					.updateTable('call_participants')
					.set({ left_at: at })
					.where('call_id', '=', callId)
					.where('peer_id', '=', peerId)
					.where('left_at', 'is', null)
					.execute();
				await noteAlive(tx, [callId], at);
			}),

		end: (callId, at) =>
			database.write(async (tx) => {
				await tx
					.updateTable('call_participants')
					.set({ left_at: at })
					.where('call_id', '=', callId)
					.where('left_at', 'is', null)
					.execute();
				await tx
					.updateTable('calls')
					.set({ ended_at: at })
					.where('call_id', '=', callId)
					.where('ended_at', 'is', null)
					.execute();
			}),

		alive: (callIds, at) => database.write((tx) => noteAlive(tx, callIds, at)),

		recover: (before) =>
			database.write((tx) => endWhenLastAlive(tx, unended(tx).where('alive_at', '<=', before))),

		present: (roomId, after) =>
			database.read(async (tx) => {
				const found = await tx
					.selectFrom('calls')
					.innerJoin('call_participants', 'call_participants.call_id', 'calls.call_id')
					.select('person_id')
					.distinct()
					.where('room_id', '=', roomId)
					.where('ended_at', 'is', null)
					.where('alive_at', '>', after)
					.where('left_at', 'is', null)
					.execute();
				return found.map(({ person_id }) => person_id);
			}),

		history: (roomId, limit) => database.read((tx) => recordsOf(tx, calls(tx, roomId, limit))),

		past: (roomId, before, limit) =>
			database.read((tx) =>
				recordsOf(
					tx,
					calls(tx, roomId, limit).where('began_at', '<', before).where('ended_at', 'is not', null),
				),
			),
	};
}

const unended = (tx: Tx) => tx.selectFrom('calls').select('call_id').where('ended_at', 'is', null);

/** Ends these calls, and the stays of those who are in them, at the time each was last known to run. */
async function endWhenLastAlive(tx: Tx, calls: ReturnType<typeof unended>): Promise<void> {
	await tx
		.updateTable('call_participants')
		.set((eb) => ({
			left_at: eb
				.selectFrom('calls')
				.select('alive_at')
				.whereRef('calls.call_id', '=', 'call_participants.call_id'),
		}))
		.where('left_at', 'is', null)
		.where('call_id', 'in', calls)
		.execute();
	await tx
		.updateTable('calls')
		.set((eb) => ({ ended_at: eb.ref('alive_at') }))
		.where('call_id', 'in', calls)
		.execute();
}

/** Stores that these calls ran at this time. */
async function noteAlive(tx: Tx, callIds: readonly CallId[], at: number): Promise<void> {
	if (callIds.length === 0) return;
	await tx
		.updateTable('calls')
		.set({ alive_at: at })
		.where('call_id', 'in', callIds)
		.where('ended_at', 'is', null)
		.where('alive_at', '<', at)
		.execute();
}

const calls = (tx: Tx, roomId: RoomId, limit: number) =>
	tx
		.selectFrom('calls')
		.select(['call_id', 'began_at', 'ended_at'])
		.where('room_id', '=', roomId)
		.orderBy('began_at', 'desc')
		.limit(limit);

/** These calls, and who was there. */
async function recordsOf(tx: Tx, query: ReturnType<typeof calls>): Promise<CallRecord[]> {
	const found = await query.execute();
	if (found.length === 0) return [];
	const participants = await tx
		.selectFrom('call_participants')
		.selectAll()
		.where(
			'call_id',
			'in',
			found.map(({ call_id }) => call_id),
		)
		.orderBy('joined_at')
		.execute();
	return found.map(({ call_id, began_at, ended_at }) => ({
		callId: call_id,
		beganAt: began_at,
		endedAt: ended_at,
		participants: participants
			.filter((one) => one.call_id === call_id)
			.map(({ person_id, name, joined_at, left_at }) => ({
				personId: person_id,
				name,
				joinedAt: joined_at,
				leftAt: left_at,
			})),
	}));
}
