import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { PersonId } from '#shared/ids.ts';
import type { Database, Tx } from '../database/database.ts';
import type { CallStore, PeopleStore, Seen } from '../api/store.ts';
import type { Tables } from '../database/tables.ts';

/** Rows of one transaction, so that people who write meanwhile wait only for a moment. */
const batchSize = 500;
const day = 24 * 60 * 60 * 1000;

type People = ExpressionBuilder<Tables, 'people'>;

export function forgettingPeople(
	database: Database,
): Pick<PeopleStore, 'forget' | 'forgetDevices'> {
	return {
		forget: (before, after, limit) =>
			database.write(async (tx) => {
				const looked = await lookedAt(tx, before, after, limit);
				const last = looked.at(-1);
				if (!last) return { forgotten: [], next: null };
				const going = await database
					.lock(
						tx
							.selectFrom('people')
							.select('person_id')
							.where(
								'person_id',
								'in',
								looked.map(({ person_id }) => person_id),
							)
							.where((eb) => leftNothing(eb, before)),
					)
					.execute();
				const forgotten = going.map(({ person_id }) => person_id);
				if (forgotten.length > 0) await forget(tx, forgotten);
				const next = { at: last.last_seen_at, personId: last.person_id };
				return { forgotten, next: looked.length < limit ? null : next };
			}),

		forgetDevices: async (now) => {
			const { numUpdatedRows } = await database.db
				.updateTable('sessions')
				.set({ device: '' })
				.where('session_id', 'in', (eb) =>
					eb
						.selectFrom('sessions')
						.select('session_id')
						.where('ends_at', 'is not', null)
						// As the index states it: a bound parameter would not match the index.
						.where(sql<boolean>`device <> ''`)
						.where('ends_at', '<=', now)
						.orderBy('ends_at')
						.limit(batchSize),
				)
				.executeTakeFirstOrThrow();
			return Number(numUpdatedRows);
		},
	};
}

export function forgettingCalls(database: Database): Pick<CallStore, 'forget'> {
	return {
		forget: (now, days) =>
			database.write(async (tx) => {
				const old = await tx
					.selectFrom('calls')
					.select('call_id')
					.where('began_at', '<', now - days * day)
					.where('ended_at', 'is not', null)
					.orderBy('began_at')
					.limit(batchSize)
					.execute();
				const unwanted = await tx
					.selectFrom('room_policies')
					.innerJoin('calls', 'calls.room_id', 'room_policies.room_id')
					.select('calls.call_id')
					.where('room_policies.retention', 'in', ['days', 'until-empty'])
					.where(
						sql<boolean>`calls.ended_at + coalesce(room_policies.retention_days, 0) * ${day} < ${now}`,
					)
					.limit(batchSize)
					.execute();
				const ids = [...new Set([...old, ...unwanted].map(({ call_id }) => call_id))];
				if (ids.length > 0) await tx.deleteFrom('calls').where('call_id', 'in', ids).execute();
				return ids.length;
			}),
	};
}

/** The next people who have not visited since, the longest absent first. */
function lookedAt(tx: Tx, before: number, after: Seen | null, limit: number) {
	return tx
		.selectFrom('people')
		.select(['person_id', 'last_seen_at'])
		.where('last_seen_at', '<', before)
		.$if(after !== null, (query) =>
			query.where((eb) =>
				eb.or([
					eb('last_seen_at', '>', after?.at ?? 0),
					eb.and([
						eb('last_seen_at', '=', after?.at ?? 0),
						eb('person_id', '>', after?.personId ?? null),
					]),
				]),
			),
		)
		.orderBy('last_seen_at')
		.orderBy('person_id')
		.limit(limit)
		.execute();
}

/** Tables whose rows refer to a person: other people can see the row, or it identifies the person. */
const traces = [
	['identities', 'person_id'],
	['access_tokens', 'person_id'],
	['contacts', 'person_id'],
	['contacts', 'contact_id'],
	['blocks', 'person_id'],
	['blocks', 'blocked_id'],
	['reports', 'reporter_id'],
	['reports', 'reported_id'],
	['warnings', 'person_id'],
	['moderation_log', 'person_id'],
	['moderation_log', 'by_id'],
	['files', 'owner_id'],
	['reactions', 'person_id'],
	['corrections', 'person_id'],
	['rings', 'caller_id'],
	['rings', 'callee_id'],
	['direct_rooms', 'low'],
	['direct_rooms', 'high'],
] as const;

/**
 * Guests of whom nothing would be missed. A session that ended stays, because without it its cookie would be valid
 * again. So do a removal from a room and all decisions of administrators.
 */
function leftNothing(eb: People, before: number): Expression<SqlBool> {
	const person = sql.ref('people.person_id');
	return eb.and([
		eb('last_seen_at', '<', before),
		...(
			[
				'account_at',
				'user_name',
				'password_hash',
				'suspended_until',
				'deleted_at',
				'merged_into',
			] as const
		).map((column) => eb(column, 'is', null)),
		...traces.map(
			([table, column]) =>
				sql<boolean>`not exists (select 1 from ${sql.table(table)} where ${sql.ref(`${table}.${column}`)} = ${person})`,
		),
		sql<boolean>`not exists (select 1 from people as guests where guests.merged_into = ${person})`,
		sql<boolean>`not exists (select 1 from messages where author_id = ${person} and kind <> 'system')`,
		sql<boolean>`not exists (select 1 from sessions where sessions.person_id = ${person}
			and (ends_at is not null or sessions.last_seen_at >= ${before}))`,
		// A room goes with the last person who knows it, if its chat is empty and it had no recent call.
		sql<boolean>`not exists (select 1 from memberships as own where own.person_id = ${person} and (
			own.role = 'removed'
			or exists (select 1 from memberships as others
				where others.room_id = own.room_id and others.person_id <> own.person_id)
			or exists (select 1 from chats join messages on messages.chat_id = chats.chat_id
				where chats.room_id = own.room_id and messages.kind <> 'system')
			or exists (select 1 from chats join files on files.chat_id = chats.chat_id where chats.room_id = own.room_id)
			or exists (select 1 from calls where calls.room_id = own.room_id and calls.began_at >= ${before})
			or exists (select 1 from rings where rings.room_id = own.room_id)))`,
	]);
}

async function forget(tx: Tx, people: readonly PersonId[]): Promise<void> {
	await tx
		.deleteFrom('rooms')
		.where('room_id', 'in', (eb) =>
			eb.selectFrom('memberships').select('room_id').where('person_id', 'in', people),
		)
		.execute();
	await tx.deleteFrom('people').where('person_id', 'in', people).execute();
}
