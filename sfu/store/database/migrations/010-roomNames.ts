import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Tables } from '../tables.ts';

/** Names of rooms, labels of members, and which members removed the room from their list. */
export const roomNames = (_tx: Kysely<Tables>, kind: DatabaseKind): string[] => [
	'alter table rooms add column name text',
	'alter table memberships add column label text',
	`alter table memberships add column unlisted ${kind === 'sqlite' ? 'integer' : 'bigint'} not null default 0`,
];
