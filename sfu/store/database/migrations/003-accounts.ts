import type { DatabaseKind } from '../database.ts';

/** Accounts, sessions that can be ended, and identities at other sites. */
export function accountTables(kind: DatabaseKind): string[] {
	const sqlite = kind === 'sqlite';
	const time = sqlite ? 'integer' : 'bigint';
	const table = (name: string, columns: string) =>
		`create table ${name} (${columns})${sqlite ? ' strict' : ''}`;
	const ofPerson = (column: string) => `alter table people add column ${column}`;
	const ofSession = (column: string) => `alter table sessions add column ${column}`;
	return [
		ofPerson(`account_at ${time}`),
		ofPerson('user_name text'),
		ofPerson('name_skeleton text'),
		ofPerson('password_hash text'),
		ofPerson('name text'),
		ofPerson(`colour ${time}`),
		ofPerson(`suspended_until ${time}`),
		ofPerson('suspended_reason text'),
		ofPerson(`deleted_at ${time}`),
		'create unique index people_name_skeleton on people (name_skeleton)',

		ofSession("device text not null default ''"),
		ofSession('room_id text'),
		ofSession(`ends_at ${time}`),

		table(
			'identities',
			`issuer text not null,
			subject text not null,
			person_id text not null references people (person_id) on delete cascade,
			added_at ${time} not null,
			primary key (issuer, subject)`,
		),
		'create index identities_person on identities (person_id)',
		table(
			'used_tokens',
			`token_id text not null primary key,
			expires_at ${time} not null`,
		),
		'create index used_tokens_end on used_tokens (expires_at)',

		// For merging and deleting a person.
		'create index messages_author on messages (author_id, id)',
		'create index files_owner on files (owner_id)',
		'create index reactions_person on reactions (person_id)',
		'create index corrections_person on corrections (person_id)',
		'create index call_participants_person on call_participants (person_id)',
	];
}
