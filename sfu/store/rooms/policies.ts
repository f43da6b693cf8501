import type { Selectable, Updateable } from 'kysely';
import type { RoomId } from '#shared/ids.ts';
import type { Tx } from '../database/database.ts';
import { encryptionOf } from './encryption.ts';
import { membersOf } from './memberships.ts';
import type { KeptPolicy, KeptRules } from '../api/store.ts';
import type { Tables } from '../database/tables.ts';

type Columns = Omit<Updateable<Tables['room_policies']>, 'room_id'>;

const flag = (value: boolean | undefined) => (value === undefined ? undefined : value ? 1 : 0);

/** The columns of the given parts. */
export function columnsOfPolicy(change: Partial<KeptPolicy>): Columns {
	const columns = {
		locked: flag(change.locked),
		knocking: flag(change.knocking),
		password_hash: change.passwordHash,
		sharing: change.sharing,
		unmuting: change.unmuting,
		slow_mode: change.slowMode,
	};
	const named = Object.entries(columns).filter(([, value]) => value !== undefined);
	return Object.fromEntries(named) as Columns;
}

/** Changes these columns of a room's policy, making the row if there is none. The room must be known. */
export async function putPolicy(tx: Tx, roomId: RoomId, columns: Columns): Promise<void> {
	const made = tx
		.insertInto('room_policies')
		.values({ room_id: roomId, retention: 'forever', retention_days: null, ...columns })
		.onConflict((conflict) => {
			const known = conflict.column('room_id');
			return Object.keys(columns).length > 0 ? known.doUpdateSet(columns) : known.doNothing();
		});
	await made.execute();
}

/** The policy of a room about which no host decided anything. */
const open: KeptPolicy = {
	locked: false,
	knocking: false,
	passwordHash: null,
	sharing: 'everybody',
	unmuting: 'everybody',
	slowMode: 0,
};

const policyOf = (row: Selectable<Tables['room_policies']>): KeptPolicy => ({
	locked: row.locked === 1,
	knocking: row.knocking === 1,
	passwordHash: row.password_hash,
	sharing: row.sharing,
	unmuting: row.unmuting,
	slowMode: row.slow_mode,
});

export async function rulesOf(tx: Tx, roomId: RoomId): Promise<KeptRules> {
	const row = await tx
		.selectFrom('room_policies')
		.selectAll()
		.where('room_id', '=', roomId)
		.executeTakeFirst();
	const room = await tx
		.selectFrom('rooms')
		.select(['kind', 'name', 'encryption_epoch', 'encryption_check', 'encryption_due'])
		.where('room_id', '=', roomId)
		.executeTakeFirst();
	const hosts = await membersOf(tx, roomId, ['host']);
	const members = room?.kind === 'call' ? await membersOf(tx, roomId, ['member']) : [];
	const removed = await membersOf(tx, roomId, ['removed']);
	const labelled = await tx
		.selectFrom('memberships')
		.select(['person_id', 'label'])
		.where('room_id', '=', roomId)
		.where('label', 'is not', null)
		.execute();
	return {
		kind: room?.kind ?? 'open',
		name: room?.name ?? null,
		encryption: room ? encryptionOf(room) : null,
		policy: row ? policyOf(row) : open,
		hosts: hosts.map(({ personId }) => personId),
		members: members.map(({ personId }) => personId),
		removed: removed.map(({ personId, name }) => ({ personId, name })),
		labels: labelled.map(({ person_id, label }) => [person_id, label ?? '']),
	};
}
