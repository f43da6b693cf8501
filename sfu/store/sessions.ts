import type { Selectable } from 'kysely';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, SessionId } from '#shared/ids.ts';
import type { KeptSession, SessionStore } from './accountStore.ts';
import type { Database, Tx } from './database.ts';
import { addPerson, lockPerson } from './people.ts';
import { findPerson, profileOf } from './profiles.ts';
import type { Tables } from './tables.ts';
import { dropTokens } from './tokens.ts';

type Which = Parameters<SessionStore['end']>[1];

export function sessionStore(database: Database): SessionStore {
	const { db } = database;

	return {
		find: (personId, sessionId) =>
			database.read(async (tx) => {
				const profile = await profileOf(tx, personId);
				const session = await tx
					.selectFrom('sessions')
					.selectAll()
					.where('session_id', '=', sessionId)
					.where('person_id', '=', personId)
					.executeTakeFirst();
				return {
					profile,
					session: session ? toSession(session) : null,
				};
			}),

		begin: (personId, { sessionId, device, roomId, endsAt }, at) =>
			database.write(async (tx) => {
				await addPerson(tx, personId, at);
				await tx
					.insertInto('sessions')
					.values({
						session_id: sessionId,
						person_id: personId,
						first_seen_at: at,
						last_seen_at: at,
						device,
						room_id: roomId,
						ends_at: endsAt,
					})
					.execute();
			}),

		list: async (personId, at) => {
			const sessions = await db
				.selectFrom('sessions')
				.selectAll()
				.where('person_id', '=', personId)
				.where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
				.orderBy('last_seen_at', 'desc')
				.orderBy('session_id')
				.execute();
			return sessions.map((session) => ({
				...toSession(session),
				firstSeenAt: session.first_seen_at,
				lastSeenAt: session.last_seen_at,
			}));
		},

		end: (personId, which, at) =>
			database.write(async (tx) => {
				await lockPerson(database, tx, personId);
				if ('except' in which && which.except === null) await dropTokens(tx, personId);
				return endSessions(tx, personId, which, at);
			}),
	};
}

/** @returns those that were not over before. */
export async function endSessions(
	tx: Tx,
	personId: PersonId,
	which: Which,
	at: number,
): Promise<SessionId[]> {
	const ended = await tx
		.updateTable('sessions')
		.set({ ends_at: at })
		.where('person_id', '=', personId)
		.where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', at)]))
		.$if('only' in which, (query) =>
			query.where('session_id', '=', 'only' in which ? which.only : null),
		)
		.$if('except' in which && which.except !== null, (query) =>
			query.where('session_id', '!=', 'except' in which ? which.except : null),
		)
		.returning('session_id')
		.execute();
	return ended.map(({ session_id }) => session_id);
}

/**
 * Whether a session goes on, looked at in the transaction of what it asks for. The person is locked.
 *
 * @throws {CodedError} UNAUTHENTICATED.
 */
export async function checkSession(
	tx: Tx,
	personId: PersonId,
	sessionId: SessionId,
	at: number,
): Promise<void> {
	const person = await findPerson(tx, personId);
	const session = await tx
		.selectFrom('sessions')
		.select('ends_at')
		.where('session_id', '=', sessionId)
		.where('person_id', '=', personId)
		.executeTakeFirst();
	// Guests have a session before it is kept.
	const isKept = session !== undefined || (person?.account_at ?? null) === null;
	const isOver = (session?.ends_at ?? null) !== null && (session?.ends_at ?? 0) <= at;
	if (!person || person.deleted_at !== null || !isKept || isOver)
		throw new CodedError('UNAUTHENTICATED');
}

function toSession(row: Selectable<Tables['sessions']>): KeptSession {
	return {
		sessionId: row.session_id,
		device: row.device,
		roomId: row.room_id,
		endsAt: row.ends_at,
	};
}
