import type { Selectable } from 'kysely';
import type { PersonId, SessionId } from '#shared/ids.ts';
import type { KeptSession, SessionStore } from '../api/accountStore.ts';
import type { Database, Tx } from '../database/database.ts';
import { addPerson, lockPerson } from './people.ts';
import { profileOf } from './profiles.ts';
import type { Tables } from '../database/tables.ts';
import { dropTokens } from './tokens.ts';

type SessionSelection = Parameters<SessionStore['end']>[1];

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

/** @returns the sessions that were not over before. */
export async function endSessions(
	tx: Tx,
	personId: PersonId,
	which: SessionSelection,
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
	const ids = ended.map(({ session_id }) => session_id);
	if (ids.length > 0)
		await tx.deleteFrom('push_subscriptions').where('session_id', 'in', ids).execute();
	return ids;
}

function toSession(row: Selectable<Tables['sessions']>): KeptSession {
	return {
		sessionId: row.session_id,
		device: row.device,
		roomId: row.room_id,
		endsAt: row.ends_at,
	};
}
