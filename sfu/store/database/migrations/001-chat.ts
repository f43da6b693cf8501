import type { DatabaseKind } from '../database.ts';

/** People, rooms and calls, and the chats with all parts of their messages. */
export function chatTables(kind: DatabaseKind): string[] {
	const sqlite = kind === 'sqlite';
	const numbered = sqlite
		? 'integer primary key autoincrement'
		: 'bigint generated always as identity primary key';
	const int = sqlite ? 'integer' : 'bigint';
	const time = int;
	const table = (name: string, columns: string) =>
		`create table ${name} (${columns})${sqlite ? ' strict' : ''}`;
	const ofPerson = 'text not null references people (person_id) on delete cascade';
	const ofRoom = 'text not null references rooms (room_id) on delete cascade';
	const ofChat = `${int} not null references chats (chat_id) on delete cascade`;
	const ofMessage = `${int} not null references messages (id) on delete cascade`;

	return [
		table(
			'people',
			`person_id text not null primary key,
			first_seen_at ${time} not null,
			last_seen_at ${time} not null`,
		),
		table(
			'sessions',
			`session_id text not null primary key,
			person_id ${ofPerson},
			first_seen_at ${time} not null,
			last_seen_at ${time} not null`,
		),
		'create index sessions_person on sessions (person_id)',

		table('rooms', 'room_id text not null primary key'),
		table(
			'room_policies',
			`room_id ${ofRoom} primary key,
			retention text not null,
			retention_days ${int}`,
		),
		'create index room_policies_retention on room_policies (retention)',
		table(
			'memberships',
			`room_id ${ofRoom},
			person_id ${ofPerson},
			place ${int} not null,
			name text not null,
			role text not null,
			entered_at ${time} not null,
			primary key (room_id, person_id),
			unique (room_id, place)`,
		),
		'create index memberships_person on memberships (person_id)',

		table(
			'calls',
			`call_id text not null primary key,
			room_id ${ofRoom},
			began_at ${time} not null,
			ended_at ${time},
			alive_at ${time} not null`,
		),
		'create index calls_room on calls (room_id, began_at)',
		'create index calls_open on calls (call_id) where ended_at is null',
		table(
			'call_participants',
			`call_id text not null references calls (call_id) on delete cascade,
			peer_id text not null,
			person_id text not null,
			name text not null,
			joined_at ${time} not null,
			left_at ${time},
			primary key (call_id, peer_id)`,
		),

		table(
			'chats',
			`chat_id ${numbered},
			room_id ${ofRoom},
			low text not null,
			high text not null,
			first_seq ${int} not null,
			last_seq ${int} not null,
			revision ${int} not null,
			last_at ${time} not null,
			unique (room_id, low, high)`,
		),
		'create index chats_high on chats (room_id, high)',
		table(
			'messages',
			`id ${numbered},
			chat_id ${ofChat},
			seq ${int} not null,
			message_id text not null,
			revision ${int} not null,
			sent_at ${time} not null,
			author_id text not null,
			author_name text not null,
			kind text not null,
			body text not null,
			system text,
			reply_to ${int},
			edited_at ${time},
			unique (chat_id, seq),
			unique (chat_id, message_id),
			unique (chat_id, revision)`,
		),
		'create index messages_time on messages (chat_id, sent_at, seq)',
		// Covers all columns that counting the unread messages reads.
		'create index messages_unread on messages (chat_id, kind, seq, author_id)',
		table(
			'edits',
			`id ${numbered},
			message_row ${ofMessage},
			body text not null,
			written_at ${time} not null`,
		),
		'create index edits_message on edits (message_row)',
		table(
			'mentions',
			`message_row ${ofMessage},
			person_id text not null,
			place ${int} not null,
			chat_id ${int} not null,
			seq ${int} not null,
			primary key (message_row, person_id)`,
		),
		'create index mentions_person on mentions (chat_id, person_id, seq)',
		table(
			'reactions',
			`id ${numbered},
			message_row ${ofMessage},
			emoji text not null,
			place ${int} not null,
			person_id text not null,
			given_at ${time} not null,
			unique (message_row, emoji, person_id)`,
		),
		table(
			'corrections',
			`message_row ${ofMessage},
			person_id text not null,
			name text not null,
			body text not null,
			proposed_at ${time} not null,
			primary key (message_row, person_id)`,
		),
		// Not deleted with their chat: only these rows tell which files are on the disk.
		table(
			'files',
			`file_id text not null primary key,
			chat_id ${int} not null references chats (chat_id) on delete restrict,
			owner_id text not null,
			name text not null,
			type text not null,
			size ${int} not null,
			width ${int},
			height ${int},
			added_at ${time} not null,
			message_row ${int} references messages (id) on delete set null,
			place ${int} not null,
			doomed ${int} not null`,
		),
		'create index files_chat on files (chat_id, size)',
		'create index files_message on files (message_row)',
		'create index files_unsent on files (doomed, added_at) where message_row is null',
		table(
			'read_positions',
			`chat_id ${ofChat},
			person_id text not null,
			seq ${int} not null,
			primary key (chat_id, person_id)`,
		),
		table(
			'access_tokens',
			`token_id text not null primary key,
			person_id ${ofPerson},
			name text not null,
			hash text not null unique,
			made_at ${time} not null,
			used_at ${time},
			expires_at ${time}`,
		),
		'create index access_tokens_person on access_tokens (person_id, made_at)',

		// The words of each text message. SQLite's own index keeps the words and not the text. The words of a chat are
		// marked with its number, so that a search does not scan the words of other chats.
		...(sqlite
			? [
					`create virtual table message_search using fts5 (
						words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'", prefix='2'
					)`,
				]
			: [
					`create table message_search (
						message_row bigint primary key references messages (id) on delete cascade,
						chat_id bigint not null,
						seq bigint not null,
						words tsvector not null
					)`,
					'create index message_search_chat on message_search (chat_id, seq)',
					'create index message_search_words on message_search using gin (words)',
				]),
	];
}
