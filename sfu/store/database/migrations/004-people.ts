import type { DatabaseKind } from '../database.ts';

/** Contacts and blocks, chats of two, and calls from person to person. */
export function peopleTables(kind: DatabaseKind): string[] {
	const sqlite = kind === 'sqlite';
	const int = sqlite ? 'integer' : 'bigint';
	const table = (name: string, columns: string) =>
		`create table ${name} (${columns})${sqlite ? ' strict' : ''}`;
	const ofPerson = 'text not null references people (person_id) on delete cascade';
	const ofRoom = 'text not null references rooms (room_id) on delete cascade';

	return [
		"alter table rooms add column kind text not null default 'open'",
		table(
			'contacts',
			`person_id ${ofPerson},
			contact_id ${ofPerson},
			name text not null,
			added_at ${int} not null,
			primary key (person_id, contact_id)`,
		),
		'create index contacts_contact on contacts (contact_id)',
		table(
			'contact_links',
			`person_id ${ofPerson} primary key,
			code text not null unique`,
		),
		table(
			'blocks',
			`person_id ${ofPerson},
			blocked_id ${ofPerson},
			name text not null,
			blocked_at ${int} not null,
			primary key (person_id, blocked_id)`,
		),
		'create index blocks_blocked on blocks (blocked_id)',
		table(
			'presence',
			`person_id ${ofPerson} primary key,
			chosen text not null`,
		),
		table(
			'direct_rooms',
			`low ${ofPerson},
			high ${ofPerson},
			room_id ${ofRoom} unique,
			primary key (low, high)`,
		),
		'create index direct_rooms_high on direct_rooms (high)',
		table(
			'rings',
			`ring_id text not null primary key,
			room_id ${ofRoom},
			caller_id ${ofPerson},
			caller_name text not null,
			callee_id ${ofPerson},
			callee_name text not null,
			video ${int} not null,
			hidden ${int} not null,
			began_at ${int} not null,
			answered_at ${int},
			ended_at ${int},
			outcome text`,
		),
		'create index rings_caller on rings (caller_id, began_at)',
		'create index rings_callee on rings (callee_id, began_at)',
		'create index rings_room on rings (room_id)',
		'create index rings_open on rings (ring_id) where ended_at is null',
	];
}
