import type { Database } from '../database/database.ts';
import type { SecretStore } from '../api/store.ts';

export function secretStore({ db }: Database): SecretStore {
	return {
		take: async (name, value) => {
			await db
				.insertInto('secrets')
				.values({ name, value })
				.onConflict((conflict) => conflict.column('name').doNothing())
				.execute();
			const kept = await db
				.selectFrom('secrets')
				.select('value')
				.where('name', '=', name)
				.executeTakeFirstOrThrow();
			return kept.value;
		},
	};
}
