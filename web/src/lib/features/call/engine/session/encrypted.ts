import type { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { CallEncryption } from '#lib/encryption/callEncryption.ts';
import { hasKey } from '#lib/encryption/linkKey.ts';
import { pathOf } from '#lib/browser/ownPaths.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import type { SharedConnection } from '#lib/connection/sharedConnection.ts';

/**
 * The encryption of the room whose page this is, if its link has a key. Its code comes for such links only.
 *
 * @param left told when this page is left out of a new secret.
 */
export async function encryptionOf(
	roomId: RoomId,
	server: SharedConnection,
	left: (error: CodedError) => void,
): Promise<CallEncryption | null> {
	const { pathname = '', hash = '' } = globalThis.location ?? {};
	if (!hasKey(hash) || pathOf(pathname).toLowerCase() !== `/room/${roomId}`) return null;
	const { CallEncryption } = await loadPart(() => import('#lib/encryption/callEncryption.ts'));
	const encryption = await CallEncryption.begin(roomId, hash, server, left);
	server.border = encryption.border;
	return encryption;
}
