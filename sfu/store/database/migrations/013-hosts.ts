import type { Kysely } from 'kysely';
import type { DatabaseKind } from '../database.ts';
import type { Tables } from '../tables.ts';

/** The slow mode of rooms, and which messages a host deleted. */
export function hostColumns(_tx: Kysely<Tables>, kind: DatabaseKind): string[] {
	const number = `${kind === 'sqlite' ? 'integer' : 'bigint'} not null default 0`;
	return [
		`alter table room_policies add column slow_mode ${number}`,
		`alter table messages add column deleted_by_host ${number}`,
	];
}
