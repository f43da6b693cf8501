import type { ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Database, Tx } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

/** A member, or a person who was removed. */
type Known = Omit<ChatMember, 'role'> & { role: Role | 'removed' };

/** A removed person is no member. */
export function asMember(known: Known | null): ChatMember | null {
	return known && known.role !== 'removed' ? { ...known, role: known.role } : null;
}

const select = (db: Pick<Tx, 'selectFrom'>, roomId: RoomId) =>
	db
		.selectFrom('memberships')
		.select(['person_id as personId', 'name', 'role', 'label'])
		.where('room_id', '=', roomId);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const toKnown = ({ label, ...known }: Row): Known => ({
	...known,
	...(label !== null && { label }),
});

export async function memberOf(
	db: Pick<Tx, 'selectFrom'>,
	roomId: RoomId,
	personId: PersonId,
): Promise<Known | null> {
	const known = await select(db, roomId).where('person_id', '=', personId).executeTakeFirst();
	return known ? toKnown(known) : null;
}

/** The people with these roles, in the order in which they came. */
export async function membersOf(
	db: Pick<Tx, 'selectFrom'>,
	roomId: RoomId,
	roles: readonly Known['role'][],
): Promise<Known[]> {
	const rows = await select(db, roomId).where('role', 'in', roles).orderBy('place').execute();
	return rows.map(toKnown);
}

/** Other transactions that change the members of this room wait for the end of this one. */
export async function lockRoom(database: Database, tx: Tx, roomId: RoomId): Promise<void> {
	await database
		.lock(tx.selectFrom('rooms').select('room_id').where('room_id', '=', roomId))
		.execute();
}

export async function hasHost(tx: Tx, roomId: RoomId): Promise<boolean> {
	return (await membersOf(tx, roomId, ['host'])).length > 0;
}

/** Whether a token of the operator's own site named this room: no person becomes its host by coming first (ACCOUNT-13). */
export async function isInvited(tx: Tx, roomId: RoomId): Promise<boolean> {
	const row = await tx
		.selectFrom('rooms')
		.select('invited')
		.where('room_id', '=', roomId)
		.executeTakeFirst();
	return row?.invited === 1;
}

/**
 * Needs the lock of the room, so that the place is free. Earlier messages count as read: a newcomer can read them
 * without seeing them as unread.
 */
export async function addMember(
	tx: Tx,
	roomId: RoomId,
	{ personId, name, role }: Known,
	at: number,
): Promise<void> {
	const { last } = await tx
		.selectFrom('memberships')
		.select((eb) => eb.fn.coalesce(eb.fn.max('place'), eb.lit(0)).as('last'))
		.where('room_id', '=', roomId)
		.executeTakeFirstOrThrow();
	await tx
		.insertInto('memberships')
		.values({
			room_id: roomId,
			person_id: personId,
			place: last + 1,
			name,
			role,
			entered_at: at,
			label: null,
		})
		.execute();
	await tx
		.insertInto('read_positions')
		.columns(['chat_id', 'person_id', 'seq'])
		.expression((eb) =>
			eb
				.selectFrom('chats')
				.select((chat) => ['chat_id', chat.val(personId).as('person_id'), 'last_seq'])
				.where('room_id', '=', roomId)
				.where('low', '=', ''),
		)
		.onConflict((conflict) => conflict.columns(['chat_id', 'person_id']).doNothing())
		.execute();
}

export async function changeMember(
	tx: Tx,
	roomId: RoomId,
	personId: PersonId,
	change: Partial<Pick<Tables['memberships'], 'name' | 'role' | 'label'>>,
): Promise<void> {
	await tx
		.updateTable('memberships')
		.set(change)
		.where('room_id', '=', roomId)
		.where('person_id', '=', personId)
		.execute();
}
