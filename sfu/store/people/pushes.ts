import type { RoomId } from '#shared/ids.ts';
import { pushDevices } from '#shared/push.ts';
import type { PushStore } from '../api/pushStore.ts';
import type { Database } from '../database/database.ts';
import { addPerson, lockPerson } from './people.ts';
import { checkSession } from './profiles.ts';

export function pushStore(database: Database): PushStore {
	const { db } = database;

	return {
		keep: (personId, sessionId, { endpoint, keys, messages, muted }, at) =>
			database.write(async (tx) => {
				await addPerson(tx, personId, at);
				await lockPerson(database, tx, personId);
				await checkSession(tx, personId, sessionId, at);
				// A guest has a session before it is stored.
				await tx
					.insertInto('sessions')
					.values({
						session_id: sessionId,
						person_id: personId,
						first_seen_at: at,
						last_seen_at: at,
					})
					.onConflict((conflict) => conflict.column('session_id').doNothing())
					.execute();
				const row = {
					...{ person_id: personId, endpoint, p256dh: keys.p256dh, auth: keys.auth },
					messages: messages ? (1 as const) : (0 as const),
					muted: JSON.stringify(muted),
				};
				await tx
					.insertInto('push_subscriptions')
					.values({ session_id: sessionId, added_at: at, ...row })
					.onConflict((conflict) => conflict.column('session_id').doUpdateSet(row))
					.execute();
				const devices = await tx
					.selectFrom('push_subscriptions')
					.select('session_id')
					.where('person_id', '=', personId)
					.where('session_id', '!=', sessionId)
					.orderBy('added_at', 'desc')
					.orderBy('session_id')
					.execute();
				const tooMany = devices.slice(pushDevices - 1).map((device) => device.session_id);
				if (tooMany.length > 0)
					await tx.deleteFrom('push_subscriptions').where('session_id', 'in', tooMany).execute();
			}),

		drop: async (sessionId) => {
			await db.deleteFrom('push_subscriptions').where('session_id', '=', sessionId).execute();
		},

		gone: async (sessionId, endpoint) => {
			await db
				.deleteFrom('push_subscriptions')
				.where('session_id', '=', sessionId)
				.where('endpoint', '=', endpoint)
				.execute();
		},

		of: async (people, messagesOf, { now, usedAfter }) => {
			const rows = await db
				.selectFrom('push_subscriptions as pushes')
				.innerJoin('sessions', 'sessions.session_id', 'pushes.session_id')
				.innerJoin('people', 'people.person_id', 'pushes.person_id')
				.selectAll('pushes')
				.where('pushes.person_id', 'in', people)
				.whereRef('sessions.person_id', '=', 'pushes.person_id')
				.where('sessions.last_seen_at', '>', usedAfter)
				.where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
				.where((eb) => eb.or([eb('suspended_until', 'is', null), eb('suspended_until', '<=', now)]))
				.$if(messagesOf !== null, (query) => query.where('messages', '=', 1))
				.orderBy('pushes.added_at')
				.orderBy('pushes.session_id')
				.execute();
			return rows
				.map(({ person_id, session_id, endpoint, p256dh, auth, messages, muted }) => ({
					...{ personId: person_id, sessionId: session_id },
					...{ endpoint, keys: { p256dh, auth }, messages: messages === 1 },
					muted: JSON.parse(muted) as RoomId[],
				}))
				.filter(({ muted }) => messagesOf === null || !muted.includes(messagesOf));
		},
	};
}
