import type { ExchangeKey } from '#shared/encryption.ts';
import type { PersonId } from '#shared/ids.ts';
import { bytesOf, fromBase64url, joined, toBase64url, type Bytes } from './bytes.ts';
import { derived, hkdfKey, sealingKey } from './keys.ts';
import { openBytes, sealBytes } from './sealing.ts';
import { toSecret, type Secret } from './secret.ts';

const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;
/** An uncompressed point of the curve, in bytes. */
const publicLength = 65;

/** The pair of keys of one peer, made for one join: to its public half a new secret is sealed. */
export type ExchangePair = { readonly privateKey: CryptoKey; readonly publicKey: Bytes };

const whose = (publicKey: Bytes, person: PersonId) =>
	joined(publicKey, bytesOf(`exchange ${person}`));

export async function newExchangePair(): Promise<ExchangePair> {
	const { privateKey, publicKey } = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
	return {
		privateKey,
		publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)),
	};
}

/** The public half as others get it: the MAC says that somebody with the room's secret published it for this person. */
export async function published(
	{ publicKey }: ExchangePair,
	bind: CryptoKey,
	person: PersonId,
): Promise<ExchangeKey> {
	const mac = await crypto.subtle.sign('HMAC', bind, whose(publicKey, person));
	return { publicKey: toBase64url(publicKey), mac: toBase64url(new Uint8Array(mac)) };
}

/** The public key of a peer; null where its MAC is not by a key of this room for this person. */
export async function verified(
	{ publicKey, mac }: ExchangeKey,
	bind: CryptoKey,
	person: PersonId,
): Promise<Bytes | null> {
	const [bytes, signature] = [fromBase64url(publicKey), fromBase64url(mac)];
	if (!bytes || !signature) return null;
	const genuine = await crypto.subtle.verify('HMAC', bind, signature, whose(bytes, person));
	return genuine ? bytes : null;
}

/** The key of one box. It takes the room's secret until now, too: a server alone can make no box. */
async function boxKey(
	privateKey: CryptoKey,
	others: Bytes,
	bind: CryptoKey,
	between: Bytes,
): Promise<CryptoKey> {
	const theirs = await crypto.subtle.importKey('raw', others, curve, false, []);
	const shared = await crypto.subtle.deriveBits({ ...curve, public: theirs }, privateKey, 256);
	const salt = new Uint8Array(await crypto.subtle.sign('HMAC', bind, between));
	return sealingKey(await derived(await hkdfKey(new Uint8Array(shared)), salt, 'box'));
}

const boxContext = (epoch: number) => `secret ${epoch}`;

/**
 * Seals the secret of a new epoch for one peer.
 *
 * @param bind of the epoch until now.
 */
export async function sealSecret(
	secret: Secret,
	epoch: number,
	publicKey: Bytes,
	bind: CryptoKey,
): Promise<string> {
	const own = await newExchangePair();
	const key = await boxKey(own.privateKey, publicKey, bind, joined(own.publicKey, publicKey));
	return toBase64url(joined(own.publicKey, await sealBytes(key, secret, boxContext(epoch))));
}

/** The secret in a box; null where it is for another peer, of another epoch, or by nobody who had the secret until now. */
export async function openSecret(
	box: string,
	epoch: number,
	{ privateKey, publicKey }: ExchangePair,
	bind: CryptoKey,
): Promise<Secret | null> {
	const bytes = fromBase64url(box);
	if (!bytes || bytes.length <= publicLength) return null;
	const [sealer, sealed] = [bytes.slice(0, publicLength), bytes.slice(publicLength)];
	try {
		const key = await boxKey(privateKey, sealer, bind, joined(sealer, publicKey));
		return toSecret(await openBytes(key, sealed, boxContext(epoch)));
	} catch {
		// The sealer's public key is no point of the curve.
		return null;
	}
}

/** A pair of keys that this tab kept. */
export async function importedPair(
	privateKey: JsonWebKey,
	publicKey: Bytes,
): Promise<ExchangePair> {
	return {
		privateKey: await crypto.subtle.importKey('jwk', privateKey, curve, true, ['deriveBits']),
		publicKey,
	};
}
