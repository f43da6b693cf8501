import { createHmac, hkdfSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { newRoomId, toRoomId } from '#shared/roomIds.ts';
import { fromBase64url, toBase64url } from '#lib/encryption/bytes.ts';
import { keysOf } from '#lib/encryption/keys.ts';
import { fragmentOf, newSecret, secretInFragment, toSecret } from '#lib/encryption/secret.ts';

const secret = toSecret(Uint8Array.from({ length: 32 }, (_, index) => index));
const roomId = toRoomId('lesson-room');
if (!secret || !roomId) throw new Error('the secret of the test has another length');

/** HKDF as another program does it. */
const expected = (label: string) =>
	Buffer.from(hkdfSync('sha256', secret, roomId, `parley e2ee 1 ${label}`, 32));

test('each key is HKDF-SHA-256 of the secret, with the room as salt and a label of its own', async () => {
	const keys = await keysOf(secret, roomId);
	expect(keys.check).toBe(expected('check').toString('base64url'));
	// Fixed, so that a link of today opens its room tomorrow.
	expect(keys.check).toBe('6bc6SYaHkp6JjQpYBVVVlIBWHCvGowfASoIddNpjrnU');
	expect(keys.fingerprint).toEqual('86518 46018 50364 47317 84064 15684'.split(' '));
	const message = new TextEncoder().encode('key of a peer');
	const mac = await crypto.subtle.sign('HMAC', keys.bind, message);
	expect(Buffer.from(mac)).toEqual(createHmac('sha256', expected('bind')).update(message).digest());
});

test('another secret, and another room, have other keys', async () => {
	const { check, fingerprint } = await keysOf(secret, roomId);
	const [otherRoom, otherSecret] = [
		await keysOf(secret, newRoomId()),
		await keysOf(newSecret(), roomId),
	];
	for (const other of [otherRoom, otherSecret]) {
		expect(other.check).not.toBe(check);
		expect(other.fingerprint).not.toEqual(fingerprint);
	}
	expect(fingerprint).toHaveLength(6);
	for (const group of fingerprint) expect(group).toMatch(/^\d{5}$/);
});

test('no key can be taken out of the page', async () => {
	const { text, media, bind, chain } = await keysOf(secret, roomId);
	for (const key of [text, media, bind, chain]) expect(key.extractable).toBe(false);
});

test('the fragment of a link gives its secret back', () => {
	const made = newSecret();
	const fragment = fragmentOf(made);
	expect(fragment).toMatch(/^#key=[\w-]{43}$/);
	expect(secretInFragment(fragment)).toEqual(made);
	expect(secretInFragment(fragment.slice(1))).toEqual(made);
});

test.each(
	[
		['', '#', '#key=', '#other=AAAA', `#key=${'A'.repeat(42)}`, `#key=${'A'.repeat(44)}`],
		[`#key=${'!'.repeat(43)}`, '#key=%', `#KEY=${'A'.repeat(43)}`],
	].flat(),
)('a fragment without a whole secret has none: %j', (fragment) => {
	expect(secretInFragment(fragment)).toBeNull();
});

test('base64url is read as it is written, and nothing else is', () => {
	for (let length = 0; length < 10; length++) {
		const bytes = Uint8Array.from({ length }, () => 251);
		expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
	}
	for (const text of ['A', 'A===', 'A+/=', 'ä', 'AA AA']) expect(fromBase64url(text)).toBeNull();
});
