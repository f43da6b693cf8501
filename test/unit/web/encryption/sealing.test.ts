import { createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { olderSecretBox, secretBox } from '#shared/encryption.ts';
import { isSealed } from '#shared/sealedForm.ts';
import { sealedLength } from '#shared/encryptionLimits.ts';
import { newPersonId } from '#shared/ids.ts';
import { newRoomId } from '#shared/roomIds.ts';
import { bytesOf, fromBase64url, toBase64url } from '#lib/encryption/bytes.ts';
import {
	newExchangePair,
	openSecret,
	published,
	sealSecret,
	verified,
} from '#lib/encryption/exchange.ts';
import { Keyring } from '#lib/encryption/keyring.ts';
import { keysOf, sealingKey } from '#lib/encryption/keys.ts';
import { openBytes, sealBytes } from '#lib/encryption/sealing.ts';
import { newSecret } from '#lib/encryption/secret.ts';
import * as v from 'valibot';

const roomId = newRoomId();
const newKeyring = () => Keyring.from(roomId, newSecret());

test('sealed bytes are AES-256-GCM: the IV, the sealed bytes, the tag', async () => {
	const raw = Uint8Array.from({ length: 32 }, (_, index) => 7 * index);
	const clear = bytesOf('the words of a message');
	const sealed = Buffer.from(await sealBytes(await sealingKey(raw), clear, 'message 1'));
	expect(sealed).toHaveLength(12 + clear.length + 16);
	const opener = createDecipheriv('aes-256-gcm', raw, sealed.subarray(0, 12));
	opener.setAAD(Buffer.from('message 1'));
	opener.setAuthTag(sealed.subarray(-16));
	const opened = Buffer.concat([opener.update(sealed.subarray(12, -16)), opener.final()]);
	expect(opened.toString()).toBe('the words of a message');
});

test('the same bytes are sealed in another way each time', async () => {
	const key = await sealingKey(newSecret());
	const [one, other] = [
		await sealBytes(key, bytesOf('x'), ''),
		await sealBytes(key, bytesOf('x'), ''),
	];
	expect(toBase64url(one)).not.toBe(toBase64url(other));
});

test('bytes that were cut, changed or swapped do not open, and another key opens none', async () => {
	const [key, other] = [await sealingKey(newSecret()), await sealingKey(newSecret())];
	const sealed = await sealBytes(key, bytesOf('words'), 'message 1');
	expect(await openBytes(key, sealed, 'message 1')).toEqual(bytesOf('words'));
	expect(await openBytes(other, sealed, 'message 1')).toBeNull();
	expect(await openBytes(key, sealed, 'message 2')).toBeNull();
	for (let length = 0; length < sealed.length; length++)
		expect(await openBytes(key, sealed.slice(0, length), 'message 1')).toBeNull();
	for (let at = 0; at < sealed.length; at++) {
		const bent = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
		expect(await openBytes(key, bent, 'message 1')).toBeNull();
	}
});

test.each(['', 'a', 'Grüße, 你好 👋🏽', 'x'.repeat(8000), '😀'.repeat(4000), '中'.repeat(8000)])(
	'a text is sealed within its limit, and opened as it was',
	async (text) => {
		const keyring = await newKeyring();
		const sealed = await keyring.sealText(text, 'message 1');
		expect(isSealed(sealed)).toBe(true);
		expect(sealed.length).toBeLessThanOrEqual(sealedLength(text.length));
		expect(await keyring.openText(sealed, 'message 1')).toBe(text);
		expect(await keyring.openText(sealed, 'message 2')).toBeNull();
		expect(await (await newKeyring()).openText(sealed, 'message 1')).toBeNull();
	},
);

test.each([
	'plain words',
	'e1.0.',
	'e1.0.AAAA',
	'e1..AAAA',
	'e2.0.AAAA',
	'e1.7.AAAA',
	'e1.0.A',
	'',
])('a text that is none of the sealed ones is not opened: %j', async (text) => {
	expect(await (await newKeyring()).openText(text, 'message 1')).toBeNull();
});

test('who has the newest secret opens what older ones sealed, once the chain is opened', async () => {
	const [first, second, third] = [newSecret(), newSecret(), newSecret()];
	const keyring = await Keyring.from(roomId, first);
	const oldest = await keyring.sealText('oldest', 'x');
	const previous = [await keyring.sealedBy(await keysOf(second, roomId))];
	await keyring.advance(1, second);
	previous.push(await keyring.sealedBy(await keysOf(third, roomId)));
	await keyring.advance(2, third);
	for (const box of previous) expect(v.is(olderSecretBox, box)).toBe(true);
	const newest = await keyring.sealText('newest', 'x');
	expect(newest).toMatch(/^e1\.2\./);

	const late = await Keyring.from(roomId, third);
	late.renumber(2);
	expect(await late.openText(newest, 'x')).toBe('newest');
	expect(await late.openText(oldest, 'x')).toBeNull();
	expect(await late.openChain(previous)).toBe(true);
	expect(await late.openText(oldest, 'x')).toBe('oldest');

	const removed = await Keyring.from(roomId, second, 1);
	expect(await removed.openText(newest, 'x')).toBeNull();
	const bent = [previous[0] ?? '', previous[0] ?? ''];
	expect(await (await Keyring.from(roomId, third, 2)).openChain(bent)).toBe(false);
	expect(await (await Keyring.from(roomId, third, 2)).openChain([])).toBe(false);
});

test('a file is sealed in parts, none of which takes the place of another', async () => {
	const keyring = await newKeyring();
	const { epoch, sealed } = await keyring.sealFile(bytesOf('part'), 'file 1 part 0');
	expect(await keyring.openFile(epoch, sealed, 'file 1 part 0')).toEqual(bytesOf('part'));
	expect(await keyring.openFile(epoch, sealed, 'file 1 part 1')).toBeNull();
	expect(await keyring.openFile(epoch + 1, sealed, 'file 1 part 0')).toBeNull();
});

test('a new secret reaches the peer it was sealed for, and no other', async () => {
	const { bind } = await keysOf(newSecret(), roomId);
	const [own, other, secret] = [await newExchangePair(), await newExchangePair(), newSecret()];
	const box = await sealSecret(secret, 1, own.publicKey, bind);
	expect(v.is(secretBox, box)).toBe(true);
	expect(await openSecret(box, 1, own, bind)).toEqual(secret);
	expect(await openSecret(box, 1, other, bind)).toBeNull();
	expect(await openSecret(box, 2, own, bind)).toBeNull();
	// A server knows both public keys, and not the secret until now.
	const { bind: unknown } = await keysOf(newSecret(), roomId);
	expect(
		await openSecret(await sealSecret(secret, 1, own.publicKey, unknown), 1, own, bind),
	).toBeNull();
	const bytes = fromBase64url(box) ?? new Uint8Array();
	for (const at of [0, 1, 64, 65, bytes.length - 1]) {
		const bent = Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
		expect(await openSecret(toBase64url(bent), 1, own, bind)).toBeNull();
	}
	expect(await openSecret('', 1, own, bind)).toBeNull();
});

test('the public key of a peer counts for its person and its room only', async () => {
	const [{ bind }, other] = [await keysOf(newSecret(), roomId), await keysOf(newSecret(), roomId)];
	const [person, pair] = [newPersonId(), await newExchangePair()];
	const key = await published(pair, bind, person);
	expect(await verified(key, bind, person)).toEqual(pair.publicKey);
	expect(await verified(key, bind, newPersonId())).toBeNull();
	expect(await verified(key, other.bind, person)).toBeNull();
	const { publicKey } = await published(await newExchangePair(), other.bind, person);
	expect(await verified({ ...key, publicKey }, bind, person)).toBeNull();
});
