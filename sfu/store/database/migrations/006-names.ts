import type { Kysely } from 'kysely';
import { nameSkeleton } from '#shared/userName.ts';
import { lateKey } from '../nameKeys.ts';
import type { Tables } from '../tables.ts';

/**
 * Computes each account's skeleton anew. More letters look alike by now than when the first accounts were made, and
 * accounts with such names were not found any more. Of names that look the same now, the oldest account has the
 * skeleton; the others are found by exactly their names (ACCOUNT-20).
 */
export async function nameKeys(tx: Kysely<Tables>): Promise<string[]> {
	const named = await tx
		.selectFrom('people')
		.select(['person_id', 'user_name', 'name_skeleton'])
		.where('user_name', 'is not', null)
		.where('deleted_at', 'is', null)
		.orderBy('account_at')
		.orderBy('person_id')
		.execute();
	const taken = new Set<string>();
	const changed = named.flatMap(({ person_id, user_name, name_skeleton }) => {
		if (user_name === null) return [];
		const skeleton = nameSkeleton(user_name);
		const key = taken.has(skeleton) ? lateKey(user_name) : skeleton;
		taken.add(key);
		return key === name_skeleton ? [] : [{ person_id, key }];
	});
	// First clears all of them, because one may be another account's new skeleton.
	for (const { person_id } of changed) await setKey(tx, person_id, null);
	for (const { person_id, key } of changed) await setKey(tx, person_id, key);
	return [];
}

async function setKey(
	tx: Kysely<Tables>,
	personId: Tables['people']['person_id'],
	key: string | null,
): Promise<void> {
	await tx
		.updateTable('people')
		.set({ name_skeleton: key })
		.where('person_id', '=', personId)
		.execute();
}
