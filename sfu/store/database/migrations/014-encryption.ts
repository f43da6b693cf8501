import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Tables } from '../tables.ts';

/** Which rooms are end-to-end encrypted, and their older secrets, sealed. */
export function encryption(_tx: Kysely<Tables>, kind: DatabaseKind): string[] {
	const int = kind === 'sqlite' ? 'integer' : 'bigint';
	return [
		`alter table rooms add column encryption_epoch ${int}`,
		'alter table rooms add column encryption_check text',
		`alter table rooms add column encryption_due ${int} not null default 0`,
		`create table older_secrets (
			room_id text not null references rooms (room_id) on delete cascade,
			epoch ${int} not null,
			box text not null,
			primary key (room_id, epoch)
		)${kind === 'sqlite' ? ' strict' : ''}`,
	];
}
