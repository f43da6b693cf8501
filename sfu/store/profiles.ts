import type { Selectable } from 'kysely';
import type { PersonId } from '#shared/ids.ts';
import type { Profile } from './accountStore.ts';
import type { Tx } from './database.ts';
import type { Tables } from './tables.ts';

export function toProfile(row: Selectable<Tables['people']>): Profile {
	return {
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
