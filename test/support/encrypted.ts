import { randomBytes } from 'node:crypto';
import type { EncryptionCheck } from '../../shared/encryption.ts';
import type { Data, Sent } from '../../shared/protocol.ts';
import type { RoomId } from '../../shared/ids.ts';
import type { TestClient } from './client.ts';

/** What a client of an encrypted room says of its secret. The server cannot tell it from one of a real secret. */
export const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url');
export const newCheck = (): EncryptionCheck => randomText(32) as EncryptionCheck;
export const newBox = (): string => randomText(65 + 12 + 32 + 16);
export const newOlderBox = (): string => randomText(12 + 32 + 16);

/** Of a client that says nothing of a secret where none is given. */
export function joinInput(roomId: RoomId, check?: EncryptionCheck, epoch = 0): Sent<'room:join'> {
	const exchangeKey = { publicKey: randomText(65), mac: randomText(32) };
	return {
		// An encrypted room takes no plain names.
		...{ roomId, name: check ? `e1.${epoch}.${randomText(40)}` : 'Guest', rtpCapabilities: {} },
		firstPage: { videos: 0, width: 0, height: 0 },
		...(check && { encryption: { check, exchangeKey } }),
	};
}

export const enterInput = (roomId: RoomId, check?: EncryptionCheck): Sent<'lobby:enter'> => ({
	roomId,
	...(check && { encryption: { check } }),
});

/** Into an encrypted room. */
export async function joinWith(
	client: TestClient,
	roomId: RoomId,
	check: EncryptionCheck,
	epoch = 0,
): Promise<Data<'room:join'>> {
	await client.ask('lobby:enter', enterInput(roomId, check));
	return client.ask('room:join', joinInput(roomId, check, epoch));
}
