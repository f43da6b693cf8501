import type { DatabaseKind } from '../database.ts';

/** The decisions of hosts about their rooms. `removed` is a role in `memberships`. */
export function policyColumns(kind: DatabaseKind): string[] {
	const flag = `${kind === 'sqlite' ? 'integer' : 'bigint'} not null default 0`;
	const add = (column: string) => `alter table room_policies add column ${column}`;
	return [
		add(`locked ${flag}`),
		add(`knocking ${flag}`),
		add('password_hash text'),
		add("sharing text not null default 'everybody'"),
		add("unmuting text not null default 'everybody'"),
		'create index memberships_role on memberships (room_id, role)',
	];
}
