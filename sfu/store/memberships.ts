import type { ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Database, Tx } from './database.ts';

/** A member, or somebody who was one and was removed. */
type Known = Omit<ChatMember, 'role'> & { role: Role | 'removed' };

/** Who was removed is no member. */
export function asMember(known: Known | null): ChatMember | null {
	return known && known.role !== 'removed' ? { ...known, role: known.role } : null;
}

const select = (db: Pick<Tx, 'selectFrom'>, roomId: RoomId) =>
	db
		.selectFrom('memberships')
		.select(['person_id as personId', 'name', 'role'])
		.where('room_id', '=', roomId);

export async function memberOf(
	db: Pick<Tx, 'selectFrom'>,
	roomId: RoomId,
	personId: PersonId,
): Promise<Known | null> {
	const known = await select(db, roomId).where('person_id', '=', personId).executeTakeFirst();
	return known ?? null;
}

/** Those with these roles, in the order in which they came. */
export function membersOf(
	db: Pick<Tx, 'selectFrom'>,
	roomId: RoomId,
	roles: readonly Known['role'][],
): Promise<Known[]> {
	return select(db, roomId).where('role', 'in', roles).orderBy('place').execute();
}

/** Others who change who is in this room wait for our end. */
export async function lockRoom(database: Database, tx: Tx, roomId: RoomId): Promise<void> {
	await database
		.lock(tx.selectFrom('rooms').select('room_id').where('room_id', '=', roomId))
		.execute();
}

export async function hasHost(tx: Tx, roomId: RoomId): Promise<boolean> {
	return (await membersOf(tx, roomId, ['host'])).length > 0;
}

/** Whether a token of the operator's own site named this room: nobody is host by coming first (R222). */
export async function isInvited(tx: Tx, roomId: RoomId): Promise<boolean> {
	const row = await tx
		.selectFrom('rooms')
		.select('invited')
		.where('room_id', '=', roomId)
		.executeTakeFirst();
	return row?.invited === 1;
}

/**
 * The room is locked, so that the place is free. What was said in its chat before counts as read: a newcomer
 * finds it, and is not told to catch up with it.
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
	change: Partial<Pick<Known, 'name' | 'role'>>,
): Promise<void> {
	await tx
		.updateTable('memberships')
		.set(change)
		.where('room_id', '=', roomId)
		.where('person_id', '=', personId)
		.execute();
}
