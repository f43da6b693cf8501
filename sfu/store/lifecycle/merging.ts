import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Removal } from '../api/accountStore.ts';
import { keyOf, whereKey, type ChatRow } from '../chat/chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import { changeMember, lockRoom, memberOf } from '../rooms/memberships.ts';
import { addPerson, goneAmong, lockPerson } from '../people/people.ts';
import { findPerson } from '../people/profiles.ts';
import { forgetPerson } from './removing.ts';
import type { ChatKey } from '../api/store.ts';
import { relatedTo, mergeRelations } from './relations.ts';
import { dropTokens } from '../people/tokens.ts';
import { lockReferences, messagesNaming, revise, roomsWith } from './references.ts';

/** See `AccountStore.merge`. */
export async function mergePeople(
	database: Database,
	tx: Tx,
	guest: PersonId,
	into: PersonId,
	at: number,
): Promise<Removal> {
	// Always in the same order, against deadlocks. Another tab may have been quicker.
	for (const person of [guest, into].sort()) await lockPerson(database, tx, person);
	if ((await goneAmong(tx, [guest, into])).size > 0) throw new CodedError('UNAUTHENTICATED');
	const before = await findPerson(tx, guest);
	// An administrator may have suspended the guest at this moment. Merging must not lift a suspension.
	if ((before?.suspended_until ?? 0) > at) throw new CodedError('SUSPENDED');
	if ((before?.account_at ?? null) !== null)
		throw new CodedError(
			'CONFLICT',
			'You just created an account in another tab. Sign out of it first.',
		);
	const rooms = await roomsWith(tx, guest);
	for (const room of rooms) await lockRoom(database, tx, room);
	const chats = await lockReferences(database, tx, guest);
	const rows = await messagesNaming(tx, guest, chats);

	for (const room of rooms) await mergeMembership(tx, room, guest, into);
	await mergeMarks(tx, guest, into);
	await tx
		.updateTable('messages')
		.set({ author_id: into })
		.where('author_id', '=', guest)
		.execute();
	for (const { chat_id } of chats)
		await tx
			.updateTable('messages')
			.set((eb) => ({
				system: eb.fn<string>('replace', ['system', eb.val(guest), eb.val(into)]),
			}))
			.where('chat_id', '=', chat_id)
			.where('kind', '=', 'system')
			.where('system', 'like', `%"${guest}"%`)
			.execute();
	const changed = await revise(tx, chats, rows);
	for (const chat of chats) await movePair(tx, chat, guest, into);
	await tx.updateTable('files').set({ owner_id: into }).where('owner_id', '=', guest).execute();
	// An attacker who planted the guest's session may have made these tokens.
	await dropTokens(tx, guest);
	await tx
		.updateTable('call_participants')
		.set({ person_id: into })
		.where('person_id', '=', guest)
		.execute();
	const acquainted = await relatedTo(tx, guest);
	await mergeRelations(tx, guest, into);
	// A guest who was never seen with a session still needs a row that refers to the account.
	await addPerson(tx, guest, at);
	await forgetPerson(tx, guest, at);
	await tx
		.updateTable('people')
		.set({ merged_into: into })
		.where('person_id', '=', guest)
		.execute();
	return { changed, rooms, successors: [], acquainted };
}

/**
 * The role with more rights wins, as either of the two could have had it: a host may admit a person whom a host
 * removed.
 */
const weight = { member: 0, removed: 1, host: 2 } as const;

/** The account's own place in a room stands. */
async function mergeMembership(
	tx: Tx,
	room: ChatKey['roomId'],
	guest: PersonId,
	into: PersonId,
): Promise<void> {
	const [own, theirs] = [await memberOf(tx, room, into), await memberOf(tx, room, guest)];
	const ofGuest = { room_id: room, person_id: guest };
	if (!own) {
		await tx
			.updateTable('memberships')
			.set({ person_id: into })
			.where('room_id', '=', ofGuest.room_id)
			.where('person_id', '=', ofGuest.person_id)
			.execute();
		return;
	}
	await tx
		.deleteFrom('memberships')
		.where('room_id', '=', ofGuest.room_id)
		.where('person_id', '=', ofGuest.person_id)
		.execute();
	const label = own.label ?? theirs?.label;
	if (theirs && weight[theirs.role] > weight[own.role])
		await changeMember(tx, room, into, { role: theirs.role });
	if (label !== own.label && label !== undefined) await changeMember(tx, room, into, { label });
}

/** Reactions, corrections, mentions and read positions: each person has at most one in each place. */
async function mergeMarks(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	await tx
		.deleteFrom('reactions')
		.where('person_id', '=', guest)
		.where((eb) =>
			eb.exists(
				eb
					.selectFrom('reactions as own')
					.select('own.id')
					.where('own.person_id', '=', into)
					.whereRef('own.message_row', '=', 'reactions.message_row')
					.whereRef('own.emoji', '=', 'reactions.emoji'),
			),
		)
		.execute();
	for (const table of ['corrections', 'mentions'] as const)
		await tx
			.deleteFrom(table)
			.where('person_id', '=', guest)
			.where((eb) =>
				eb(
					'message_row',
					'in',
					eb.selectFrom(table).select('message_row').where('person_id', '=', into),
				),
			)
			.execute();
	// The account's read positions stand; those of chats that only the guest has read are added.
	await tx
		.deleteFrom('read_positions')
		.where('person_id', '=', guest)
		.where((eb) =>
			eb(
				'chat_id',
				'in',
				eb.selectFrom('read_positions').select('chat_id').where('person_id', '=', into),
			),
		)
		.execute();
	for (const table of ['reactions', 'corrections', 'mentions', 'read_positions'] as const)
		await tx.updateTable(table).set({ person_id: into }).where('person_id', '=', guest).execute();
}

/** Gives the guest's chat with another person to the account, unless the account has one with them in this room. */
async function movePair(tx: Tx, chat: ChatRow, guest: PersonId, into: PersonId): Promise<void> {
	const { roomId, pair } = keyOf(chat);
	const other = pair?.find((one) => one !== guest);
	if (!pair?.includes(guest) || other === undefined || other === into) return;
	const moved: ChatKey = { roomId, pair: into < other ? [into, other] : [other, into] };
	const there = await tx
		.selectFrom('chats')
		.select('chat_id')
		.where(whereKey(moved))
		.executeTakeFirst();
	if (there) return;
	await tx
		.updateTable('chats')
		.set({ low: moved.pair?.[0] ?? '', high: moved.pair?.[1] ?? '' })
		.where('chat_id', '=', chat.chat_id)
		.execute();
}
