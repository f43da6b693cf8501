import { bytesOf, joined, type Bytes } from './bytes.ts';

const ivLength = 12;

/**
 * Seals bytes with AES-GCM: the IV, which is random, then the sealed bytes with their tag.
 *
 * @param context what the bytes are and where they belong. They open in the same context only.
 */
export async function sealBytes(key: CryptoKey, bytes: Bytes, context: string): Promise<Bytes> {
	const iv = crypto.getRandomValues(new Uint8Array(ivLength));
	const algorithm = { name: 'AES-GCM', iv, additionalData: bytesOf(context) };
	return joined(iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, bytes)));
}

/** Null where the key is another one, the context is another one, or anything of the bytes was changed or cut. */
export async function openBytes(
	key: CryptoKey,
	sealed: Bytes,
	context: string,
): Promise<Bytes | null> {
	const [iv, rest] = [sealed.subarray(0, ivLength), sealed.subarray(ivLength)];
	const algorithm = { name: 'AES-GCM', iv, additionalData: bytesOf(context) };
	try {
		return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, rest));
	} catch {
		return null;
	}
}
