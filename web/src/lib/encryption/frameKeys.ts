import { toBase64url, type Bytes } from './bytes.ts';
import { derived, hkdfKey, sealingKey } from './keys.ts';

/** One step of a sender's ratchet: the key of its frames, and what the next step is derived from. */
export type Step = { readonly frames: CryptoKey; readonly chain: CryptoKey };

const nothing = new Uint8Array(0);

async function stepOf(chain: CryptoKey): Promise<Step> {
	return { chain, frames: await sealingKey(await derived(chain, nothing, 'frames')) };
}

/**
 * The first step of a sender's ratchet.
 *
 * @param media the key of the epoch from which those of all senders are derived.
 * @param salt that the sender drew.
 * @param source the id of the producer: frames of one open as those of no other.
 */
export async function firstStep(media: CryptoKey, salt: Bytes, source: string): Promise<Step> {
	return stepOf(await hkdfKey(await derived(media, salt, `sender ${source}`)));
}

/** The step after this one. The one before cannot be derived from it. */
export async function nextStep({ chain }: Step): Promise<Step> {
	return stepOf(await hkdfKey(await derived(chain, nothing, 'step')));
}

export const nameOf = (salt: Bytes): string => toBase64url(salt);
