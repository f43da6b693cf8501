import type { Selectable } from 'kysely';
import type { PersonId } from '#shared/ids.ts';
import type { Profile } from './accountStore.ts';
import type { Tx } from './database.ts';
import type { Tables } from './tables.ts';

/** Who somebody is; null for those of whom nothing is kept. */
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
