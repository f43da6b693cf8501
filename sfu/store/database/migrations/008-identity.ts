import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Tables } from '../tables.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * Tokens get a scope and an end (ACCOUNT-11, ACCOUNT-12), rooms know that a token named them (ACCOUNT-13), and administrators are
 * accounts (ACCOUNT-14).
 */
export async function identityTables(tx: Kysely<Tables>, kind: DatabaseKind): Promise<string[]> {
	const sqlite = kind === 'sqlite';
	const int = sqlite ? 'integer' : 'bigint';
	const now = Date.now();
	// An attacker who planted a guest's session may have made these tokens.
	await tx
		.deleteFrom('access_tokens')
		.where((eb) =>
			eb.exists(
				eb
					.selectFrom('people')
					.select('people.person_id')
					.whereRef('people.person_id', '=', 'access_tokens.person_id')
					.whereRef('people.account_at', '>', 'access_tokens.made_at'),
			),
		)
		.execute();
	await tx
		.updateTable('access_tokens')
		.set({ expires_at: now + 90 * day })
		.where('expires_at', 'is', null)
		.execute();
	await tx
		.updateTable('access_tokens')
		.set({ expires_at: now + 365 * day })
		.where('expires_at', '>', now + 365 * day)
		.execute();
	return [
		"alter table access_tokens add column scope text not null default 'write'",
		`alter table rooms add column invited ${int} not null default 0`,
		// Without a reference: the name stays reserved when the person is gone.
		`create table administrators (
			name text not null primary key,
			person_id text not null,
			appointed ${int} not null,
			since ${int} not null
		)${sqlite ? ' strict' : ''}`,
		'create index administrators_person on administrators (person_id)',
	];
}
