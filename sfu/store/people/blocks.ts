import { CodedError } from '#shared/errors.ts';
import { limits } from '#shared/limits.ts';
import type { BlockStore } from '../api/acquaintanceStore.ts';
import { removeContact } from './contacts.ts';
import type { Database } from '../database/database.ts';
import { addPerson, lockPerson } from './people.ts';

export function blockStore(database: Database): BlockStore {
	const { db } = database;

	return {
		add: (owner, { personId, name }, at) =>
			database.write(async (tx) => {
				await addPerson(tx, owner, at);
				await addPerson(tx, personId, at);
				await lockPerson(database, tx, owner);
				const { count } = await tx
					.selectFrom('blocks')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('person_id', '=', owner)
					.where('blocked_id', '!=', personId)
					.executeTakeFirstOrThrow();
				if (count >= limits.blocks)
					throw new CodedError(
						'LIMIT_REACHED',
						`You've blocked ${limits.blocks} people. Unblock one first.`,
					);
				await tx
					.insertInto('blocks')
					.values({ person_id: owner, blocked_id: personId, name, blocked_at: at })
					.onConflict((conflict) => conflict.columns(['person_id', 'blocked_id']).doNothing())
					.execute();
				await removeContact(tx, owner, personId);
			}),

		remove: async (owner, blocked) => {
			const { numDeletedRows } = await db
				.deleteFrom('blocks')
				.where('person_id', '=', owner)
				.where('blocked_id', '=', blocked)
				.executeTakeFirstOrThrow();
			return numDeletedRows > 0n;
		},

		list: (owner) =>
			db
				.selectFrom('blocks')
				.select(['blocked_id as personId', 'name'])
				.where('person_id', '=', owner)
				.orderBy('blocked_at', 'desc')
				.execute(),

		of: async (blocked) => {
			const rows = await db
				.selectFrom('blocks')
				.select('person_id')
				.where('blocked_id', '=', blocked)
				.execute();
			return rows.map(({ person_id }) => person_id);
		},

		between: async (people) =>
			people.length === 0
				? []
				: db
						.selectFrom('blocks')
						.select(['person_id as owner', 'blocked_id as blocked'])
						.where('person_id', 'in', people)
						.where('blocked_id', 'in', people)
						.execute(),
	};
}
