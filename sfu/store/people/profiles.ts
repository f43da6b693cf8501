import type { Selectable } from 'kysely';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, SessionId } from '#shared/ids.ts';
import type { Profile } from '../api/accountStore.ts';
import type { Tx } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

/** Null for a person of whom nothing is stored. */
export async function profileOf(
	db: Pick<Tx, 'selectFrom'>,
	personId: PersonId,
): Promise<Profile | null> {
	const row = await findPerson(db, personId);
	if (!row) return null;
	const post = await db
		.selectFrom('administrators')
		.select('appointed')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	return toProfile(row, post ? (post.appointed === 1 ? 'appointed' : 'named') : null);
}

function toProfile(
	row: Selectable<Tables['people']>,
	administrator: Profile['administrator'],
): Profile {
	return {
		administrator,
		accountAt: row.account_at,
		userName: row.user_name,
		skeleton: row.name_skeleton,
		name: row.name,
		colour: row.colour,
		suspended:
			row.suspended_until === null
				? null
				: { until: row.suspended_until, reason: row.suspended_reason ?? '' },
		deleted: row.deleted_at !== null,
	};
}

export function findPerson(
	db: Pick<Tx, 'selectFrom'>,
	personId: PersonId,
): Promise<Selectable<Tables['people']> | undefined> {
	return db.selectFrom('people').selectAll().where('person_id', '=', personId).executeTakeFirst();
}

/**
 * Checks that a session is not over, in the transaction of its request. The person is locked.
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
	// A guest has a session before it is stored.
	const isKept = session !== undefined || (person?.account_at ?? null) === null;
	const isOver = (session?.ends_at ?? null) !== null && (session?.ends_at ?? 0) <= at;
	if (!person || person.deleted_at !== null || !isKept || isOver)
		throw new CodedError('UNAUTHENTICATED');
}
