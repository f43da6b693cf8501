import type { Selectable } from 'kysely';
import type { EncryptionCheck } from '#shared/encryption.ts';
import type { RoomId } from '#shared/ids.ts';
import type { KeptEncryption, NextEncryption } from '../api/store.ts';
import type { Tx } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';

type Columns = Pick<
	Selectable<Tables['rooms']>,
	'encryption_epoch' | 'encryption_check' | 'encryption_due'
>;

/** Null for a room that is not end-to-end encrypted. */
export function encryptionOf(row: Columns): KeptEncryption | null {
	const { encryption_epoch: epoch, encryption_check: check, encryption_due: due } = row;
	return epoch === null || check === null ? null : { epoch, check, due: due === 1 };
}

/** Makes a new room an encrypted one. Null if there is a room without encryption. */
export async function encrypt(
	tx: Tx,
	roomId: RoomId,
	check: EncryptionCheck,
): Promise<KeptEncryption | null> {
	await tx
		.insertInto('rooms')
		.values({ room_id: roomId, kind: 'open', encryption_epoch: 0, encryption_check: check })
		.onConflict((conflict) => conflict.column('room_id').doNothing())
		.execute();
	const row = await tx
		.selectFrom('rooms')
		.select(['encryption_epoch', 'encryption_check', 'encryption_due'])
		.where('room_id', '=', roomId)
		.executeTakeFirstOrThrow();
	return encryptionOf(row);
}

/** @returns false if the room has another epoch than the one before this. */
export async function rekey(
	tx: Tx,
	roomId: RoomId,
	{ epoch, check, previous }: NextEncryption,
): Promise<boolean> {
	const { numUpdatedRows } = await tx
		.updateTable('rooms')
		.set({ encryption_epoch: epoch, encryption_check: check, encryption_due: 0 })
		.where('room_id', '=', roomId)
		.where('encryption_epoch', '=', epoch - 1)
		.executeTakeFirstOrThrow();
	if (numUpdatedRows !== 1n) return false;
	await tx
		.insertInto('older_secrets')
		.values({ room_id: roomId, epoch: epoch - 1, box: previous })
		.execute();
	return true;
}

/** Somebody was removed: the secret of an encrypted room is to change. */
export async function setDue(tx: Tx, roomId: RoomId): Promise<void> {
	await tx
		.updateTable('rooms')
		.set({ encryption_due: 1 })
		.where('room_id', '=', roomId)
		.where('encryption_epoch', 'is not', null)
		.execute();
}

export async function olderSecrets(tx: Tx, roomId: RoomId): Promise<string[]> {
	const rows = await tx
		.selectFrom('older_secrets')
		.select('box')
		.where('room_id', '=', roomId)
		.orderBy('epoch')
		.execute();
	return rows.map(({ box }) => box);
}
