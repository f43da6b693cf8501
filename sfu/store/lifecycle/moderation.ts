import { sql, type Selectable } from 'kysely';
import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { reportedLine, type ListedReport } from '#shared/moderation.ts';
import type { Database, Tx } from '../database/database.ts';
import type { ModeratorAction, ModerationStore, RoomOpening } from '../api/moderationStore.ts';
import { addPerson, setSuspension } from '../people/people.ts';
import { columnsOfPolicy, putPolicy, rulesOf } from '../rooms/policies.ts';
import type { Tables } from '../database/tables.ts';

export function moderationStore(database: Database): ModerationStore {
	const { db } = database;

	return {
		agreed: async (personId) => {
			const row = await db
				.selectFrom('match_agreements')
				.select('version')
				.where('person_id', '=', personId)
				.executeTakeFirst();
			return row?.version ?? null;
		},

		agree: (personId, version, at) =>
			database.write(async (tx) => {
				await addPerson(tx, personId, at);
				const agreed = { version, agreed_at: at };
				await tx
					.insertInto('match_agreements')
					.values({ person_id: personId, ...agreed })
					.onConflict((conflict) => conflict.column('person_id').doUpdateSet(agreed))
					.execute();
			}),

		report: ({ reporter, reported, chat, ...about }) =>
			database.write(async (tx) => {
				for (const { personId } of [reporter, reported])
					await addPerson(tx, personId, about.reportedAt);
				await tx
					.insertInto('reports')
					.values({
						report_id: about.reportId,
						match_id: about.matchId,
						reporter_id: reporter.personId,
						reporter_name: reporter.name,
						reported_id: reported.personId,
						reported_name: reported.name,
						reason: about.reason,
						words: about.words,
						chat: JSON.stringify(chat),
						reported_at: about.reportedAt,
						open: 1,
					})
					.onConflict((conflict) => conflict.columns(['reporter_id', 'match_id']).doNothing())
					.execute();
			}),

		reports: async (which, before, limit) => {
			let query = db
				.selectFrom('reports')
				// Without the messages: fifty reports are a page, and their chats are large.
				.select([
					...(['report_id', 'match_id', 'reporter_id', 'reporter_name', 'reported_id'] as const),
					...(['reported_name', 'reason', 'words', 'reported_at'] as const),
				])
				.select((eb) =>
					eb
						.selectFrom('reports as other')
						.select((count) => count.fn.countAll<number>().as('count'))
						.whereRef('other.reported_id', '=', 'reports.reported_id')
						.whereRef('other.id', '<', 'reports.id')
						.as('earlier'),
				)
				.where('open', '=', which === 'open' ? 1 : 0)
				.orderBy('id', 'desc')
				.limit(limit);
			if (before !== null)
				query = query.where('id', '<', (eb) =>
					eb.selectFrom('reports').select('id').where('report_id', '=', before),
				);
			return (await query.execute()).map(toReport);
		},

		chatOf: async (reportId) => {
			const row = await db
				.selectFrom('reports')
				.select('chat')
				.where('report_id', '=', reportId)
				.executeTakeFirst();
			return row ? v.parse(v.array(reportedLine), JSON.parse(row.chat)) : null;
		},

		decide: (done) =>
			database.write(async (tx) => {
				const personId = await subjectOf(tx, done);
				// Only the operator could take this back.
				if (personId === done.by && done.action === 'suspend')
					throw new CodedError('NOT_ALLOWED', "You can't suspend yourself.");
				if (personId) await carryOut(tx, personId, done);
				return personId;
			}),

		openRoom: (done) =>
			database.write(async (tx) => {
				await lockPolicy(database, tx, done);
				const { locked, knocking, passwordHash } = (await rulesOf(tx, done.roomId)).policy;
				const password = passwordHash !== null;
				if (locked || knocking || password) await open(tx, done);
				return { locked, password };
			}),

		people: async (query, limit) => {
			const wanted = query.trim().toLowerCase();
			const like = `${escaped(wanted)}%`;
			let found = db
				.selectFrom('people')
				.select(['person_id as personId', 'user_name as userName', 'name'])
				.select(['last_seen_at as lastSeenAt', 'suspended_until as suspendedUntil'])
				.where('deleted_at', 'is', null)
				.orderBy('last_seen_at', 'desc')
				.limit(limit);
			if (wanted)
				found = found.where((eb) =>
					eb.or([
						sql<boolean>`person_id like ${`${escaped(query.trim())}%`} escape '\\'`,
						sql<boolean>`lower(user_name) like ${like} escape '\\'`,
						sql<boolean>`lower(name) like ${like} escape '\\'`,
					]),
				);
			return found.execute();
		},

		log: async (before, limit) => {
			let query = db
				.selectFrom('moderation_log as done')
				.leftJoin('people as by', 'by.person_id', 'done.by_id')
				.leftJoin('people as about', 'about.person_id', 'done.person_id')
				.leftJoin('reports', 'reports.report_id', 'done.report_id')
				.selectAll('done')
				.select(({ fn }) => [
					fn.coalesce('by.user_name', 'by.name').as('by_name'),
					fn.coalesce('reports.reported_name', 'about.user_name', 'about.name').as('about_name'),
				])
				.orderBy('done.id', 'desc')
				.limit(limit);
			if (before !== null) query = query.where('done.id', '<', before);
			return (await query.execute()).map((row) => ({
				entryId: row.id,
				at: row.done_at,
				by: row.by_id,
				action: row.action,
				personId: row.person_id,
				roomId: row.room_id,
				names: { by: row.by_name, about: row.about_name },
				reportId: row.report_id,
				words: row.words,
				until: row.until,
			}));
		},

		warnings: (personId) =>
			db
				.selectFrom('warnings')
				.select(['id as warningId', 'words', 'warned_at as at'])
				.where('person_id', '=', personId)
				.where('seen_at', 'is', null)
				.orderBy('id')
				.execute(),

		seen: async (personId, warningId, at) => {
			await db
				.updateTable('warnings')
				.set({ seen_at: at })
				.where('person_id', '=', personId)
				.where('id', '<=', warningId)
				.where('seen_at', 'is', null)
				.execute();
		},
	};
}

/** Escapes the wildcards of `like`. */
const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** The person concerned. A report is decided by this, and by no later action. */
async function subjectOf(tx: Tx, { about }: ModeratorAction): Promise<PersonId | null> {
	if ('personId' in about) return whoIsNow(tx, about.personId);
	const decided = await tx
		.updateTable('reports')
		.set({ open: 0 })
		.where('report_id', '=', about.reportId)
		.where('open', '=', 1)
		.returning('reported_id')
		.executeTakeFirst();
	return decided?.reported_id ?? null;
}

/**
 * The current person: a guest who signed in to an account is that account.
 *
 * @throws {CodedError} NOT_FOUND for a person who deleted themselves.
 */
async function whoIsNow(tx: Tx, personId: PersonId): Promise<PersonId> {
	const person = await tx
		.selectFrom('people')
		.select(['deleted_at', 'merged_into'])
		.where('person_id', '=', personId)
		.executeTakeFirst();
	if (!person?.deleted_at) return personId;
	if (!person.merged_into)
		throw new CodedError('NOT_FOUND', 'This person has deleted their account.');
	return person.merged_into;
}

/** Stores the action and its effect. */
async function carryOut(tx: Tx, personId: PersonId, done: ModeratorAction): Promise<void> {
	const { about, by, action, words, until, at } = done;
	await tx
		.insertInto('moderation_log')
		.values({
			done_at: at,
			by_id: by,
			action,
			person_id: personId,
			room_id: null,
			report_id: 'reportId' in about ? about.reportId : null,
			words,
			until,
		})
		.execute();
	if (action === 'dismiss') return;
	await addPerson(tx, personId, at);
	if (action !== 'warn') {
		await setSuspension(tx, personId, until === null ? null : { until, reason: words });
		return;
	}
	await tx
		.insertInto('warnings')
		.values({ person_id: personId, words, warned_at: at, seen_at: null })
		.execute();
}

/**
 * Hosts who change the policy at this moment wait for the end of this transaction, as do other administrators.
 *
 * @throws {CodedError} NOT_FOUND for an unknown room, the room of a call, and a chat of two: there those come in who
 * were called, and those who write with each other.
 */
async function lockPolicy(database: Database, tx: Tx, { roomId }: RoomOpening): Promise<void> {
	const rooms = tx.selectFrom('rooms').select('kind').where('room_id', '=', roomId);
	const room = await database.lock(rooms).executeTakeFirst();
	if (room?.kind !== 'open') throw new CodedError('NOT_FOUND', "This room doesn't exist.");
	const policies = tx.selectFrom('room_policies').select('room_id').where('room_id', '=', roomId);
	await database.lock(policies).execute();
}

async function open(tx: Tx, { roomId, by, at }: RoomOpening): Promise<void> {
	const policy = { locked: false, knocking: false, passwordHash: null };
	await putPolicy(tx, roomId, columnsOfPolicy(policy));
	await tx
		.insertInto('moderation_log')
		.values({
			...{ done_at: at, by_id: by, action: 'open-room', person_id: by, room_id: roomId },
			...{ report_id: null, words: '', until: null },
		})
		.execute();
}

const toReport = (
	row: Omit<Selectable<Tables['reports']>, 'id' | 'chat' | 'open'> & { earlier: number | null },
): ListedReport => ({
	reportId: row.report_id,
	matchId: row.match_id,
	reporter: { personId: row.reporter_id, name: row.reporter_name },
	reported: { personId: row.reported_id, name: row.reported_name },
	reason: row.reason,
	words: row.words,
	reportedAt: row.reported_at,
	earlier: row.earlier ?? 0,
});
