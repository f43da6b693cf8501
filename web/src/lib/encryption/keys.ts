import type { EncryptionCheck } from '#shared/encryption.ts';
import type { RoomId } from '#shared/ids.ts';
import { bytesOf, toBase64url, type Bytes } from './bytes.ts';
import type { Secret } from './secret.ts';

/** The keys of a room in one epoch, all of them derived from its secret. None can be turned back into it. */
export type EpochKeys = {
	/** What the server compares. */
	readonly check: EncryptionCheck;
	/** Six groups of five digits, which people compare. */
	readonly fingerprint: readonly string[];
	/** AES-GCM: seals texts and files. */
	readonly text: CryptoKey;
	/** HKDF: the keys of pictures and voices are derived from it. */
	readonly media: CryptoKey;
	/** HMAC: binds the public keys of peers to the room. */
	readonly bind: CryptoKey;
	/** AES-GCM: seals the secret of the epoch before. */
	readonly chain: CryptoKey;
};

/** Derives bytes from a key for HKDF. */
export async function derived(
	key: CryptoKey,
	salt: Bytes,
	label: string,
	length = 32,
): Promise<Bytes> {
	const info = bytesOf(`parley e2ee 1 ${label}`);
	const bits = await crypto.subtle.deriveBits(
		{ name: 'HKDF', hash: 'SHA-256', salt, info },
		key,
		length * 8,
	);
	return new Uint8Array(bits);
}

export const hkdfKey = (bytes: Bytes): Promise<CryptoKey> =>
	crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits']);

export const sealingKey = (bytes: Bytes): Promise<CryptoKey> =>
	crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

const bindingKey = (bytes: Bytes): Promise<CryptoKey> =>
	crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
		'sign',
		'verify',
	]);

const groups = 6;
const digits = 5;

/** Six groups of five digits, each from five bytes of its own. */
function fingerprintOf(bytes: Bytes): string[] {
	return Array.from({ length: groups }, (_, group) => {
		const part = bytes.subarray(group * 5, group * 5 + 5);
		const number = part.reduce((sum, byte) => sum * 256 + byte, 0);
		return String(number % 10 ** digits).padStart(digits, '0');
	});
}

/** The same secret gives other keys in another room. */
export async function keysOf(secret: Secret, roomId: RoomId): Promise<EpochKeys> {
	const [root, salt] = [await hkdfKey(secret), bytesOf(roomId)];
	const from = (label: string) => derived(root, salt, label);
	return {
		check: toBase64url(await from('check')) as EncryptionCheck,
		fingerprint: fingerprintOf(await from('fingerprint')),
		text: await sealingKey(await from('text')),
		media: await hkdfKey(await from('media')),
		bind: await bindingKey(await from('bind')),
		chain: await sealingKey(await from('chain')),
	};
}
