import * as v from 'valibot';
import { fact, request } from './define.ts';
import { peerId, roomId } from './ids.ts';
import { encryptionLimits } from './encryptionLimits.ts';
import { sealedForm } from './sealedForm.ts';

/** Bytes as base64url without padding: exactly so many. */
const bytes = (count: number) => {
	const length = Math.ceil((count * 4) / 3);
	return v.pipe(v.string(), v.length(length), v.regex(/^[\w-]+$/));
};

/**
 * A value that is derived from the secret of an end-to-end encrypted room (32 bytes). It proves that a client has
 * the secret, and says nothing about it.
 */
export const encryptionCheck = v.pipe(bytes(32), v.brand('EncryptionCheck'));
export type EncryptionCheck = v.InferOutput<typeof encryptionCheck>;

/** How often the secret of the room changed: 0 for the first one. */
export const epoch = v.pipe(
	v.number(),
	v.integer(),
	v.minValue(0),
	v.maxValue(encryptionLimits.epochs),
);

/** The public key to which a peer gets a new secret: an uncompressed point of P-256, and its HMAC by a key of the room's. */
export const exchangeKey = v.object({ publicKey: bytes(65), mac: bytes(32) });
export type ExchangeKey = v.InferOutput<typeof exchangeKey>;

/** A secret that is sealed for one peer: the sealer's public key, the IV, the secret and its tag. */
export const secretBox = bytes(65 + 12 + 32 + 16);
/** An older secret that is sealed by the newer one: the IV, the secret and its tag. */
export const olderSecretBox = bytes(12 + 32 + 16);

/** What the server knows of the encryption of a room. */
export const roomEncryption = v.object({ epoch });

/** A text that pages of an end-to-end encrypted room have sealed: `e1.<epoch>.<base64url>`. */
export const sealedText = (maxLength: number) =>
	v.pipe(v.string(), v.maxLength(maxLength), v.regex(sealedForm));

export const encryptionRequests = {
	/**
	 * Of a host, in an encrypted room: there is a new secret. Each peer in the room gets it in a box of its own; null for
	 * a peer that must not have it.
	 */
	'encryption:rekey': request(
		v.object({
			/** One more than now. */
			epoch,
			check: encryptionCheck,
			sealed: v.pipe(
				v.array(v.object({ peerId, box: v.nullable(secretBox) })),
				v.maxLength(encryptionLimits.boxes),
			),
			/** The secret until now, sealed by the new one. */
			previous: olderSecretBox,
		}),
		v.object({}),
	),
	/** The older secrets, each sealed by the next one; the first secret comes first. For whoever has the newest. */
	'encryption:chain': request(
		v.object({ roomId, check: encryptionCheck }),
		v.object({ epoch, previous: v.array(olderSecretBox) }),
	),
} as const;

export const encryptionFacts = {
	/** To each peer in the room: there is a new secret. Without a box the peer was left out. */
	'encryption:rekeyed': fact(
		v.object({ epoch, check: encryptionCheck, box: v.nullable(secretBox) }),
	),
	/** To one host in the room: somebody was removed, and the secret is to change. */
	'encryption:due': fact(v.object({ epoch })),
} as const;
