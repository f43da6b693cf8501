import type { DatabaseKind } from '../database.ts';

/** Agreements to the rules of meeting strangers, reports, and what administrators did. */
export function matchTables(kind: DatabaseKind): string[] {
	const sqlite = kind === 'sqlite';
	const int = sqlite ? 'integer' : 'bigint';
	const numbered = sqlite
		? 'integer primary key autoincrement'
		: 'bigint generated always as identity primary key';
	const table = (name: string, columns: string) =>
		`create table ${name} (${columns})${sqlite ? ' strict' : ''}`;
	const ofPerson = 'text not null references people (person_id) on delete cascade';

	return [
		table(
			'match_agreements',
			`person_id ${ofPerson} primary key,
			version ${int} not null,
			agreed_at ${int} not null`,
		),
		table(
			'reports',
			`id ${numbered},
			report_id text not null unique,
			match_id text not null,
			reporter_id ${ofPerson},
			reporter_name text not null,
			reported_id ${ofPerson},
			reported_name text not null,
			reason text not null,
			words text not null,
			chat text not null,
			reported_at ${int} not null,
			open ${int} not null,
			unique (reporter_id, match_id)`,
		),
		'create index reports_open on reports (open, id)',
		'create index reports_reported on reports (reported_id)',
		table(
			'warnings',
			`id ${numbered},
			person_id ${ofPerson},
			words text not null,
			warned_at ${int} not null,
			seen_at ${int}`,
		),
		'create index warnings_person on warnings (person_id) where seen_at is null',
		'create index people_last_seen on people (last_seen_at)',
		// Without a reference to the person: the log stays when the person is gone.
		table(
			'moderation_log',
			`id ${numbered},
			done_at ${int} not null,
			by_id text not null,
			action text not null,
			person_id text not null,
			report_id text,
			words text not null,
			until ${int}`,
		),
	];
}
