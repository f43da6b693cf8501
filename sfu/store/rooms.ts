import type { ChatMember, Retention } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { addRooms } from './chatRows.ts';
import type { Database, Tx } from './database.ts';
import { addPerson } from './people.ts';
import type { RoomStore, RoomSummary } from './store.ts';
import { unreadOfRooms } from './unread.ts';

const toMember = (row: {
	person_id: PersonId;
	name: string;
	role: 'host' | 'member';
}): ChatMember => ({ personId: row.person_id, name: row.name, role: row.role });

export function roomStore(database: Database): RoomStore {
	const { db } = database;

	return {
		enter: (roomId, personId, name, at) =>
			database.write(async (tx) => {
				const known = await memberOf(tx, roomId, personId);
				if (known) {
					if (known.name !== name)
						await tx
							.updateTable('memberships')
							.set({ name })
							.where('room_id', '=', roomId)
							.where('person_id', '=', personId)
							.execute();
					return { member: { ...known, name }, isNew: false };
				}
				await addPerson(tx, personId, at);
				await addRooms(tx, [roomId]);
				return addMember(tx, roomId, personId, name, at);
			}),

		member: (roomId, personId) => memberOf(db, roomId, personId),

		members: async (roomId) => {
			const rows = await db
				.selectFrom('memberships')
				.select(['person_id', 'name', 'role'])
				.where('room_id', '=', roomId)
				.orderBy('place')
				.execute();
			return rows.map(toMember);
		},

		retention: async (roomId) => {
			const row = await db
				.selectFrom('room_policies')
				.select(['retention', 'retention_days'])
				.where('room_id', '=', roomId)
				.executeTakeFirst();
			return toRetention(row?.retention ?? 'forever', row?.retention_days ?? null);
		},

		setRetention: (roomId, retention) =>
			database.write(async (tx) => {
				await addRooms(tx, [roomId]);
				const policy = {
					retention: retention.kind,
					retention_days: retention.kind === 'days' ? retention.days : null,
				};
				await tx
					.insertInto('room_policies')
					.values({ room_id: roomId, ...policy })
					.onConflict((conflict) => conflict.column('room_id').doUpdateSet(policy))
					.execute();
			}),

		roomsOf: (personId) => database.read((tx) => roomsOf(tx, personId)),
	};

	async function addMember(
		tx: Tx,
		roomId: RoomId,
		personId: PersonId,
		name: string,
		at: number,
	): Promise<{ member: ChatMember; isNew: boolean }> {
		await database
			.lock(tx.selectFrom('rooms').select('room_id').where('room_id', '=', roomId))
			.execute();
		const { last } = await tx
			.selectFrom('memberships')
			.select((eb) => eb.fn.coalesce(eb.fn.max('place'), eb.lit(0)).as('last'))
			.where('room_id', '=', roomId)
			.executeTakeFirstOrThrow();
		const role = last === 0 ? 'host' : 'member';
		const added = await tx
			.insertInto('memberships')
			.values({
				room_id: roomId,
				person_id: personId,
				place: last + 1,
				name,
				role,
				entered_at: at,
			})
			// From another tab at the same moment.
			.onConflict((conflict) => conflict.columns(['room_id', 'person_id']).doNothing())
			.executeTakeFirstOrThrow();
		if (added.numInsertedOrUpdatedRows === 0n) {
			const known = await memberOf(tx, roomId, personId);
			if (known) return { member: known, isNew: false };
		}
		return { member: { personId, name, role }, isNew: true };
	}
}

async function memberOf(
	db: Pick<Tx, 'selectFrom'>,
	roomId: RoomId,
	personId: PersonId,
): Promise<ChatMember | null> {
	const row = await db
		.selectFrom('memberships')
		.select(['person_id', 'name', 'role'])
		.where('room_id', '=', roomId)
		.where('person_id', '=', personId)
		.executeTakeFirst();
	return row ? toMember(row) : null;
}

function toRetention(kind: Retention['kind'], days: number | null): Retention {
	return kind === 'days' ? { kind, days: days ?? 1 } : { kind };
}

async function roomsOf(tx: Tx, personId: PersonId): Promise<RoomSummary[]> {
	const rooms = await tx
		.selectFrom('memberships')
		.select('room_id')
		.where('person_id', '=', personId)
		.orderBy('entered_at', 'desc')
		.execute();
	const summaries = new Map<RoomId, RoomSummary>(
		rooms.map(({ room_id }) => [room_id, { roomId: room_id, lastAt: null, unread: 0 }]),
	);
	for (const { room_id, last_at, unread } of await unreadOfRooms(tx, personId)) {
		const summary = summaries.get(room_id);
		if (!summary) continue;
		summary.lastAt = Math.max(summary.lastAt ?? 0, last_at);
		summary.unread += unread;
	}
	return [...summaries.values()].sort((a, b) => (b.lastAt ?? -1) - (a.lastAt ?? -1));
}
