import { fromBase64url, toBase64url, type Bytes } from './bytes.ts';

/** The secret of a room in one epoch: 32 random bytes. Whoever has it reads, hears and sees everything of that epoch. */
export type Secret = Bytes & { readonly __secret: true };

const length = 32;
const name = 'key';

export const newSecret = (): Secret => crypto.getRandomValues(new Uint8Array(length)) as Secret;

/** Null for bytes that are no secret. */
export const toSecret = (bytes: Bytes | null): Secret | null =>
	bytes?.length === length ? (bytes as Secret) : null;

/**
 * The secret in the fragment of a link; null where the fragment names none. Browsers send fragments to no server.
 *
 * @param fragment as `location.hash`: with or without `#`.
 */
export function secretInFragment(fragment: string): Secret | null {
	const value = new URLSearchParams(fragment.replace(/^#/, '')).get(name);
	return toSecret(value === null ? null : fromBase64url(value));
}

/** The fragment that makes the link of a room whole. */
export const fragmentOf = (secret: Secret): string => `#${name}=${toBase64url(secret)}`;
