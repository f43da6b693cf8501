import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Removal } from './accountStore.ts';
import { keyOf, whereKey, type ChatRow } from './chatRows.ts';
import type { Database, Tx } from './database.ts';
import { changeMember, lockRoom, memberOf } from './memberships.ts';
import { addPerson, goneAmong, lockPerson } from './people.ts';
import { findPerson } from './profiles.ts';
import { forgetPerson } from './removing.ts';
import type { ChatKey } from './store.ts';
import { acquaintedWith, mergeTies } from './ties.ts';
import { dropTokens } from './tokens.ts';
import { lockTraces, messagesNaming, revise, roomsWith } from './traces.ts';

/** See `AccountStore.merge`. */
export async function mergePeople(
	database: Database,
	tx: Tx,
	guest: PersonId,
	into: PersonId,
	at: number,
): Promise<Removal> {
	// In one order for everybody. Another tab may have been quicker.
	for (const person of [guest, into].sort()) await lockPerson(database, tx, person);
	if ((await goneAmong(tx, [guest, into])).size > 0) throw new CodedError('UNAUTHENTICATED');
	const before = await findPerson(tx, guest);
	// From another tab, or by an administrator, in this very moment: nobody is rid of it by becoming somebody else.
	if ((before?.suspended_until ?? 0) > at) throw new CodedError('SUSPENDED');
	if ((before?.account_at ?? null) !== null)
		throw new CodedError(
			'CONFLICT',
			'You made an account in another tab just now. Sign out of it first.',
		);
	const rooms = await roomsWith(tx, guest);
	for (const room of rooms) await lockRoom(database, tx, room);
	const chats = await lockTraces(database, tx, guest);
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
	// Whoever planted the guest's session may have made them.
	await dropTokens(tx, guest);
	await tx
		.updateTable('call_participants')
		.set({ person_id: into })
		.where('person_id', '=', guest)
		.execute();
	const acquainted = await acquaintedWith(tx, guest);
	await mergeTies(tx, guest, into);
	// Whoever was never seen with a session leaves a trace, too: they are the account from now on.
	await addPerson(tx, guest, at);
	await forgetPerson(tx, guest, at);
	await tx
		.updateTable('people')
		.set({ merged_into: into })
		.where('person_id', '=', guest)
		.execute();
	return { changed, rooms, successors: [], acquainted };
}

/** What gives more say wins, as either of the two could have had it: a host may let in whom a host removed. */
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
	if (theirs && weight[theirs.role] > weight[own.role])
		await changeMember(tx, room, into, { role: theirs.role });
}

/** Reactions, corrections, mentions and read positions, of which each person has one in a place. */
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
	// What the account has read stands; a chat that only the guest has read, it has now.
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

/** The guest's chat with another person is the account's, unless it has one with them in this room already. */
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
