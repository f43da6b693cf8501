import type { Suspension } from '#shared/account.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Database, Tx } from '../database/database.ts';
import type { PeopleStore } from '../api/store.ts';

/** Adds a person who visited at this time. */
export async function addPerson(tx: Tx, personId: PersonId, at: number): Promise<void> {
	await tx
		.insertInto('people')
		.values({ person_id: personId, first_seen_at: at, last_seen_at: at })
		.onConflict((conflict) => conflict.column('person_id').doNothing())
		.execute();
}

/** Null lifts the suspension. A deleted person cannot be suspended. */
export async function setSuspension(
	tx: Tx,
	personId: PersonId,
	suspension: Suspension | null,
): Promise<void> {
	await tx
		.updateTable('people')
		.set({
			suspended_until: suspension?.until ?? null,
			suspended_reason: suspension?.reason ?? null,
		})
		.where('person_id', '=', personId)
		.where('deleted_at', 'is', null)
		.execute();
	if (suspension)
		await tx.deleteFrom('push_subscriptions').where('person_id', '=', personId).execute();
}

/** Other transactions that change this person's data wait for the end of this one. */
export async function lockPerson(database: Database, tx: Tx, personId: PersonId): Promise<void> {
	await database
		.lock(tx.selectFrom('people').select('person_id').where('person_id', '=', personId))
		.execute();
}

/**
 * The deleted people among these, each with the name that replaces theirs; null for guests who were merged into an
 * account.
 */
export async function goneAmong(
	tx: Tx,
	people: readonly PersonId[],
): Promise<Map<PersonId, string | null>> {
	const gone = await tx
		.selectFrom('people')
		.select(['person_id', 'name'])
		.where('person_id', 'in', people)
		.where('deleted_at', 'is not', null)
		.execute();
	return new Map(gone.map(({ person_id, name }) => [person_id, name]));
}

export function peopleStore(database: Database): Omit<PeopleStore, 'forget' | 'forgetDevices'> {
	return {
		seen: (personId, sessionId, at, device = '') =>
			database.write(async (tx) => {
				const seen = { first_seen_at: at, last_seen_at: at };
				await tx
					.insertInto('people')
					.values({ person_id: personId, ...seen })
					.onConflict((conflict) =>
						conflict
							.column('person_id')
							.doUpdateSet({ last_seen_at: at })
							.where('people.last_seen_at', '<', at),
					)
					.execute();
				await tx
					.insertInto('sessions')
					.values({
						session_id: sessionId,
						person_id: personId,
						...seen,
						device,
					})
					.onConflict((conflict) =>
						conflict
							.column('session_id')
							.doUpdateSet({ last_seen_at: at, ...(device && { device }) })
							.where('sessions.last_seen_at', '<', at),
					)
					.execute();
			}),
	};
}
