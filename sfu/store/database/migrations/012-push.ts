import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Tables } from '../tables.ts';

/** The browsers that get notifications by a push service. */
export function pushSubscriptions(_tx: Kysely<Tables>, kind: DatabaseKind): string[] {
	const int = kind === 'sqlite' ? 'integer' : 'bigint';
	return [
		`create table push_subscriptions (
			session_id text not null primary key references sessions (session_id) on delete cascade,
			person_id text not null references people (person_id) on delete cascade,
			endpoint text not null,
			p256dh text not null,
			auth text not null,
			messages ${int} not null,
			muted text not null,
			added_at ${int} not null
		)${kind === 'sqlite' ? ' strict' : ''}`,
		'create index push_subscriptions_person on push_subscriptions (person_id)',
	];
}
