import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Tx } from '../database/database.ts';

// A person's relations to other people beyond rooms: contacts, blocks, chats of two, calls, and administrators'
// records.

/** People in whose list this person may be: those who have them as a contact, or wrote with them. */
export async function relatedTo(tx: Tx, personId: PersonId): Promise<PersonId[]> {
	const owners = await tx
		.selectFrom('contacts')
		.select('person_id')
		.where('contact_id', '=', personId)
		.execute();
	const written = await directsOf(tx, personId);
	const all = [
		...owners.map((row) => row.person_id),
		...written.flatMap((row) => [row.low, row.high]),
	];
	return [...new Set(all)].filter((one) => one !== personId);
}

/** Moves the guest's relations to another person, who has at most one of each. */
export async function mergeRelations(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	await mergeContacts(tx, guest, into);
	await mergeBlocks(tx, guest, into);
	for (const table of ['contact_links', 'presence', 'match_agreements'] as const)
		await mergeOnly(tx, table, guest, into);
	await mergeDirects(tx, guest, into);
	for (const side of ['caller_id', 'callee_id'] as const)
		await tx
			.updateTable('rings')
			.set({ [side]: into })
			.where(side, '=', guest)
			.execute();
	// A call from the guest to the account would be a call of a person to themselves.
	await tx
		.deleteFrom('rings')
		.where('caller_id', '=', into)
		.whereRef('caller_id', '=', 'callee_id')
		.execute();
	await mergeReports(tx, guest, into);
	for (const table of ['warnings', 'moderation_log'] as const)
		await tx.updateTable(table).set({ person_id: into }).where('person_id', '=', guest).execute();
}

/**
 * Cuts all relations to this person. People who wrote with them keep the chat as a room of their own. Calls stay in the
 * other people's history under `name`. So do reports, which administrators may still have to decide.
 */
export async function cutRelations(tx: Tx, personId: PersonId, name: string): Promise<void> {
	await tx
		.deleteFrom('contacts')
		.where((eb) => eb.or([eb('person_id', '=', personId), eb('contact_id', '=', personId)]))
		.execute();
	await tx
		.deleteFrom('blocks')
		.where((eb) => eb.or([eb('person_id', '=', personId), eb('blocked_id', '=', personId)]))
		.execute();
	for (const table of ['contact_links', 'presence', 'match_agreements', 'warnings'] as const)
		await tx.deleteFrom(table).where('person_id', '=', personId).execute();
	for (const { room_id } of await directsOf(tx, personId)) await releaseDirect(tx, room_id);
	const names = [
		['rings', 'caller_id', 'caller_name'],
		['rings', 'callee_id', 'callee_name'],
		['reports', 'reporter_id', 'reporter_name'],
		['reports', 'reported_id', 'reported_name'],
	] as const;
	for (const [table, whose, column] of names)
		await tx
			.updateTable(table)
			.set({ [column]: name })
			.where(whose, '=', personId)
			.execute();
}

async function mergeContacts(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	await tx
		.deleteFrom('contacts')
		.where((eb) =>
			eb.or([
				eb.and([
					eb('person_id', '=', guest),
					eb(
						'contact_id',
						'in',
						eb
							.selectFrom('contacts as own')
							.select('own.contact_id')
							.where('own.person_id', '=', into),
					),
				]),
				eb.and([
					eb('contact_id', '=', guest),
					eb(
						'person_id',
						'in',
						eb
							.selectFrom('contacts as own')
							.select('own.person_id')
							.where('own.contact_id', '=', into),
					),
				]),
				eb.and([eb('person_id', 'in', [guest, into]), eb('contact_id', 'in', [guest, into])]),
			]),
		)
		.execute();
	await tx
		.updateTable('contacts')
		.set({ person_id: into })
		.where('person_id', '=', guest)
		.execute();
	await tx
		.updateTable('contacts')
		.set({ contact_id: into })
		.where('contact_id', '=', guest)
		.execute();
}

/** A block of one of the two becomes a block of both; a person has no contact that they blocked. */
async function mergeBlocks(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	await tx
		.deleteFrom('blocks')
		.where((eb) =>
			eb.or([
				eb.and([
					eb('person_id', '=', guest),
					eb(
						'blocked_id',
						'in',
						eb
							.selectFrom('blocks as own')
							.select('own.blocked_id')
							.where('own.person_id', '=', into),
					),
				]),
				eb.and([
					eb('blocked_id', '=', guest),
					eb(
						'person_id',
						'in',
						eb
							.selectFrom('blocks as own')
							.select('own.person_id')
							.where('own.blocked_id', '=', into),
					),
				]),
				eb.and([eb('person_id', 'in', [guest, into]), eb('blocked_id', 'in', [guest, into])]),
			]),
		)
		.execute();
	await tx.updateTable('blocks').set({ person_id: into }).where('person_id', '=', guest).execute();
	await tx
		.updateTable('blocks')
		.set({ blocked_id: into })
		.where('blocked_id', '=', guest)
		.execute();
	await tx
		.deleteFrom('contacts')
		.where((eb) => eb.or([eb('person_id', '=', into), eb('contact_id', '=', into)]))
		.where((eb) =>
			eb.exists(
				eb
					.selectFrom('blocks')
					.select('blocks.blocked_id')
					.whereRef('blocks.person_id', '=', 'contacts.person_id')
					.whereRef('blocks.blocked_id', '=', 'contacts.contact_id'),
			),
		)
		.execute();
}

/** For data that each person has at most once, the account's own stands. */
async function mergeOnly(
	tx: Tx,
	table: 'contact_links' | 'presence' | 'match_agreements',
	guest: PersonId,
	into: PersonId,
): Promise<void> {
	const own = await tx
		.selectFrom(table)
		.select('person_id')
		.where('person_id', '=', into)
		.executeTakeFirst();
	if (own) await tx.deleteFrom(table).where('person_id', '=', guest).execute();
	else
		await tx.updateTable(table).set({ person_id: into }).where('person_id', '=', guest).execute();
}

const directsOf = (tx: Tx, personId: PersonId) =>
	tx
		.selectFrom('direct_rooms')
		.selectAll()
		.where((eb) => eb.or([eb('low', '=', personId), eb('high', '=', personId)]))
		.orderBy('room_id')
		.execute();

/**
 * If both have a chat with the same person, the account's stays that chat, and the guest's becomes a room of the two.
 */
async function mergeDirects(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	const own = new Set((await directsOf(tx, into)).flatMap(({ low, high }) => [low, high]));
	for (const { low, high, room_id } of await directsOf(tx, guest)) {
		const other = low === guest ? high : low;
		if (own.has(other)) await releaseDirect(tx, room_id);
		else
			await tx
				.updateTable('direct_rooms')
				.set(other < into ? { low: other, high: into } : { low: into, high: other })
				.where('room_id', '=', room_id)
				.execute();
	}
}

/** Turns the chat of two into a room, which the remaining people find among their rooms. It stays locked. */
async function releaseDirect(tx: Tx, roomId: RoomId): Promise<void> {
	await tx.deleteFrom('direct_rooms').where('room_id', '=', roomId).execute();
	const written = await tx
		.selectFrom('chats')
		.select('chat_id')
		.where('room_id', '=', roomId)
		.where('last_seq', '>', 0)
		.executeTakeFirst();
	if (written)
		await tx.updateTable('rooms').set({ kind: 'open' }).where('room_id', '=', roomId).execute();
}

/** Of two reports by the same person about a match the first one stands. A report about oneself is removed. */
async function mergeReports(tx: Tx, guest: PersonId, into: PersonId): Promise<void> {
	await tx
		.deleteFrom('reports')
		.where('reporter_id', '=', guest)
		.where((eb) =>
			eb(
				'match_id',
				'in',
				eb.selectFrom('reports as own').select('own.match_id').where('own.reporter_id', '=', into),
			),
		)
		.execute();
	for (const side of ['reporter_id', 'reported_id'] as const)
		await tx
			.updateTable('reports')
			.set({ [side]: into })
			.where(side, '=', guest)
			.execute();
	await tx
		.deleteFrom('reports')
		.where('reporter_id', '=', into)
		.whereRef('reporter_id', '=', 'reported_id')
		.execute();
}
