import type { PersonId, RoomId } from '#shared/ids.ts';
import type { SystemEvent } from '#shared/systemEvent.ts';
import type { Removal } from './accountStore.ts';
import type { Database, Tx } from './database.ts';
import { asMember, changeMember, hasHost, isInvited, lockRoom, membersOf } from './memberships.ts';
import { addPerson, lockPerson } from './people.ts';
import { acquaintedWith, cutTies } from './ties.ts';
import { words } from './words.ts';
import { inParts, lockTraces, messagesNaming, revise, roomsWith } from './traces.ts';

/** See `AccountStore.remove`. */
export async function removePerson(
	database: Database,
	tx: Tx,
	personId: PersonId,
	messages: 'keep' | 'remove',
	name: string,
	at: number,
): Promise<Removal> {
	// Whoever was never seen with a session leaves a trace, too, by which their cookie is known to be over.
	await addPerson(tx, personId, at);
	await lockPerson(database, tx, personId);
	const rooms = await roomsWith(tx, personId);
	for (const room of rooms) await lockRoom(database, tx, room);
	const chats = await lockTraces(database, tx, personId);
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
	const successors: Removal['successors'] = [];
	for (const roomId of hosted) {
		const member = await succeed(tx, roomId);
		if (member) successors.push({ roomId, member });
	}
	const acquainted = await acquaintedWith(tx, personId);
	await cutTies(tx, personId, name);
	await forgetPerson(tx, personId, at, name);
	return { changed, rooms, successors, acquainted };
}

/** A room without a host gets the member who has been there longest, unless a token named it (R222). */
async function succeed(tx: Tx, roomId: RoomId) {
	if ((await hasHost(tx, roomId)) || (await isInvited(tx, roomId))) return null;
	const [next] = await membersOf(tx, roomId, ['member']);
	if (!next) return null;
	await changeMember(tx, roomId, next.personId, { role: 'host' });
	return asMember({ ...next, role: 'host' });
}

/** Tombstones in their place, as where somebody deletes a message. */
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

/** Lines about what others did with this person tell the new name too. */
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
 * Leaves the id alone of a person, so that a cookie of theirs is known to be over.
 *
 * @param name what stands in the place of theirs, where something still names them.
 */
export async function forgetPerson(
	tx: Tx,
	personId: PersonId,
	at: number,
	name: string | null = null,
): Promise<void> {
	await tx.deleteFrom('identities').where('person_id', '=', personId).execute();
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
	// Who they were before is known to nobody any more.
	await tx
		.updateTable('people')
		.set({ merged_into: null })
		.where('merged_into', '=', personId)
		.execute();
}
