import { CodedError } from '#shared/errors.ts';
import { limits } from '#shared/limits.ts';
import type { PersonId } from '#shared/ids.ts';
import type { Database, Tx } from '../database/database.ts';
import { addPerson, lockPerson } from './people.ts';
import { checkSession } from './profiles.ts';
import type { TokenStore } from '../api/store.ts';

const hour = 60 * 60 * 1000;

export function tokenStore(database: Database): TokenStore {
	const { db } = database;

	return {
		add: (personId, token, hash, by) =>
			database.write(async (tx) => {
				await addPerson(tx, personId, token.madeAt);
				await lockPerson(database, tx, personId);
				await checkSession(tx, personId, by, token.madeAt);
				await tx
					.deleteFrom('access_tokens')
					.where('person_id', '=', personId)
					.where('expires_at', '<=', token.madeAt)
					.execute();
				const { count } = await tx
					.selectFrom('access_tokens')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('person_id', '=', personId)
					.executeTakeFirstOrThrow();
				if (count >= limits.tokensPerPerson)
					throw new CodedError(
						'LIMIT_REACHED',
						`You have ${limits.tokensPerPerson} tokens. Revoke one you no longer need.`,
					);
				await tx
					.insertInto('access_tokens')
					.values({
						token_id: token.tokenId,
						person_id: personId,
						name: token.name,
						hash,
						made_at: token.madeAt,
						used_at: token.usedAt,
						expires_at: token.expiresAt,
						scope: token.scope,
					})
					.execute();
			}),

		list: async (personId) => {
			const tokens = await db
				.selectFrom('access_tokens')
				.selectAll()
				.where('person_id', '=', personId)
				.orderBy('made_at')
				.execute();
			return tokens.map(({ token_id, name, made_at, used_at, expires_at, scope }) => ({
				tokenId: token_id,
				name,
				madeAt: made_at,
				usedAt: used_at,
				expiresAt: expires_at ?? made_at,
				scope,
			}));
		},

		use: async (hash, at) => {
			const token = await db
				.selectFrom('access_tokens')
				.select(['token_id', 'person_id', 'used_at', 'expires_at', 'scope'])
				.where('hash', '=', hash)
				.executeTakeFirst();
			if (!token || token.expires_at === null || token.expires_at <= at) return null;
			// Stored once an hour, so that a read request does not cause a write each time.
			const thisHour = Math.floor(at / hour) * hour;
			if (token.used_at === null || token.used_at < thisHour)
				await db
					.updateTable('access_tokens')
					.set({ used_at: thisHour })
					.where('token_id', '=', token.token_id)
					.execute();
			return { personId: token.person_id, scope: token.scope };
		},

		revoke: async (personId, tokenId) => {
			const { numDeletedRows } = await db
				.deleteFrom('access_tokens')
				.where('person_id', '=', personId)
				.where('token_id', '=', tokenId)
				.executeTakeFirstOrThrow();
			return numDeletedRows > 0n;
		},
	};
}

/** Ends all access tokens of a person. */
export async function dropTokens(db: Pick<Tx, 'deleteFrom'>, personId: PersonId): Promise<void> {
	await db.deleteFrom('access_tokens').where('person_id', '=', personId).execute();
}
