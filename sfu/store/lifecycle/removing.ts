import type { PersonId, RoomId } from '#shared/ids.ts';
import type { SystemEvent } from '#shared/systemEvent.ts';
import type { Removal } from '../api/accountStore.ts';
import type { Database, Tx } from '../database/database.ts';
import {
	asMember,
	changeMember,
	hasHost,
	isInvited,
	lockRoom,
	membersOf,
} from '../rooms/memberships.ts';
import { addPerson, lockPerson } from '../people/people.ts';
import { relatedTo, cutRelations } from './relations.ts';
import { words } from '../database/words.ts';
import { inParts, lockReferences, messagesNaming, revise, roomsWith } from './references.ts';

/** See `AccountStore.remove`. */
export async function removePerson(
	database: Database,
	tx: Tx,
	personId: PersonId,
	messages: 'keep' | 'remove',
	name: string,
	at: number,
): Promise<Removal> {
	// A person who was never seen with a session still needs a row by which their cookie is invalid.
	await addPerson(tx, personId, at);
	await lockPerson(database, tx, personId);
	const rooms = await roomsWith(tx, personId);
	for (const room of rooms) await lockRoom(database, tx, room);
	const chats = await lockReferences(database, tx, personId);
	const rows = await messagesNaming(tx, personId, chats);

	if (messages === 'remove') await removeMessages(database, tx, personId, at);
	await tx
		.updateTable('messages')
		.set({ author_name: name })
		.where('author_id', '=', personId)
		.execute();
	await renameInSystemLines(tx, [...rows], personId, name);
	for (const table of ['reactions', 'mentions', 'read_positions', 'access_tokens'] as const)
		await tx.deleteFrom(table).where('person_id', '=', personId).execute();
	if (messages === 'remove')
		await tx.deleteFrom('corrections').where('person_id', '=', personId).execute();
	for (const table of ['corrections', 'call_participants'] as const)
		await tx.updateTable(table).set({ name }).where('person_id', '=', personId).execute();
	await tx
		.updateTable('files')
		.set({ doomed: 1 })
		.where('owner_id', '=', personId)
		.where('message_row', 'is', null)
		.execute();
	const changed = await revise(tx, chats, rows);

	const hosted: RoomId[] = [];
	for (const room of rooms) {
		const hosts = await membersOf(tx, room, ['host']);
		if (hosts.some((host) => host.personId === personId)) hosted.push(room);
	}
	await tx.deleteFrom('memberships').where('person_id', '=', personId).execute();
	// Nobody could change the name of a room without members (ROOM-13).
	for (const part of inParts(rooms))
		await tx
			.updateTable('rooms')
			.set({ name: null })
			.where('room_id', 'in', part)
			.where((eb) =>
				eb.not(
					eb.exists(
						eb
							.selectFrom('memberships')
							.select('person_id')
							.whereRef('memberships.room_id', '=', 'rooms.room_id')
							.where('role', '!=', 'removed'),
					),
				),
			)
			.execute();
	const successors: Removal['successors'] = [];
	for (const roomId of hosted) {
		const member = await appointSuccessor(tx, roomId);
		if (member) successors.push({ roomId, member });
	}
	const acquainted = await relatedTo(tx, personId);
	await cutRelations(tx, personId, name);
	await forgetPerson(tx, personId, at, name);
	return { changed, rooms, successors, acquainted };
}

/** Makes the longest-standing member host of a room without a host, unless a token named the room (ACCOUNT-13). */
async function appointSuccessor(tx: Tx, roomId: RoomId) {
	if ((await hasHost(tx, roomId)) || (await isInvited(tx, roomId))) return null;
	const [next] = await membersOf(tx, roomId, ['member']);
	if (!next) return null;
	await changeMember(tx, roomId, next.personId, { role: 'host' });
	return asMember({ ...next, role: 'host' });
}

/** Puts tombstones in their place, as deleting a message does. */
async function removeMessages(
	database: Database,
	tx: Tx,
	personId: PersonId,
	at: number,
): Promise<void> {
	const written = await tx
		.selectFrom('messages')
		.select(['id', 'chat_id', 'body'])
		.where('author_id', '=', personId)
		.where('kind', '=', 'text')
		.execute();
	for (const messages of inParts(written)) {
		const part = messages.map(({ id }) => id);
		for (const table of ['edits', 'mentions', 'reactions', 'corrections'] as const)
			await tx.deleteFrom(table).where('message_row', 'in', part).execute();
		await tx
			.updateTable('files')
			.set({ doomed: 1, message_row: null })
			.where('message_row', 'in', part)
			.execute();
		await tx
			.updateTable('messages')
			.set({ kind: 'deleted', body: '', edited_at: at })
			.where('id', 'in', part)
			.execute();
		await database.search.drop(
			tx,
			messages.map(({ id, chat_id, body }) => ({ row: id, chatId: chat_id, words: words(body) })),
		);
	}
}

/** System lines about other people's actions on this person use the new name too. */
async function renameInSystemLines(
	tx: Tx,
	rows: readonly number[],
	personId: PersonId,
	name: string,
): Promise<void> {
	for (const part of inParts(rows)) {
		const lines = await tx
			.selectFrom('messages')
			.select(['id', 'system'])
			.where('id', 'in', part)
			.where('system', 'like', `%"${personId}"%`)
			.execute();
		for (const { id, system } of lines) {
			const event = JSON.parse(system ?? 'null') as SystemEvent;
			if (!('person' in event)) continue;
			const renamed = { ...event, person: { ...event.person, name } };
			await tx
				.updateTable('messages')
				.set({ system: JSON.stringify(renamed) })
				.where('id', '=', id)
				.execute();
		}
	}
}

/**
 * Keeps only the id of a person, so that their cookie is known to be invalid.
 *
 * @param name replaces theirs where a row still names them.
 */
export async function forgetPerson(
	tx: Tx,
	personId: PersonId,
	at: number,
	name: string | null = null,
): Promise<void> {
	for (const table of ['identities', 'push_subscriptions'] as const)
		await tx.deleteFrom(table).where('person_id', '=', personId).execute();
	await tx
		.updateTable('sessions')
		.set((eb) => ({ ends_at: eb.fn.coalesce('ends_at', eb.val(at)), device: '', room_id: null }))
		.where('person_id', '=', personId)
		.execute();
	await tx
		.updateTable('people')
		.set({
			account_at: null,
			user_name: null,
			name_skeleton: null,
			password_hash: null,
			name,
			colour: null,
			suspended_until: null,
			suspended_reason: null,
			deleted_at: at,
		})
		.where('person_id', '=', personId)
		.execute();
	// The guests who were merged into this person can no longer be linked to them.
	await tx
		.updateTable('people')
		.set({ merged_into: null })
		.where('merged_into', '=', personId)
		.execute();
}
