import { describe, expect, test } from 'vitest';
import { SlowHash } from '../../../sfu/people/slowHash.ts';
import { Passwords } from '../../../sfu/rooms/passwords.ts';
import { newPersonId, newRoomId } from '../../../shared/ids.ts';

/** A hash of nothing in particular that is looked at fast. */
const cheap = `scrypt$2$1$1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;

describe('A-M4: hashes of passwords', () => {
	test('of one network do not wait for all that another one asked for', async () => {
		const hashes = new SlowHash();
		const done: string[] = [];
		const look = (network: string) =>
			hashes.fits('x', cheap, network).then(() => done.push(network));
		const flood = Array.from({ length: 40 }, () => look('192.0.2.0/24'));
		await Promise.all([...flood, look('198.51.100.0/24'), look('203.0.113.0/24')]);
		expect(done).toHaveLength(42);
		expect(done.slice(0, 4)).toContain('198.51.100.0/24');
		expect(done.slice(0, 4)).toContain('203.0.113.0/24');
	});

	test('of one network wait in a bounded number, which leaves room for others', async () => {
		const hashes = new SlowHash();
		const looks = Array.from({ length: 80 }, () => hashes.fits('x', cheap, '192.0.2.0/24'));
		const other = hashes.fits('x', cheap, '198.51.100.0/24');
		const results = await Promise.allSettled(looks);
		const refused = results.filter(({ status }) => status === 'rejected');
		expect(refused.length).toBeGreaterThan(20);
		expect(refused[0]).toMatchObject({ reason: { code: 'TOO_MANY_REQUESTS' } });
		expect(await other).toBe(false);
		expect(await hashes.fits('x', cheap, '192.0.2.0/24')).toBe(false);
	});

	test('that are damaged fail alone', async () => {
		const hashes = new SlowHash();
		const damaged = hashes.fits('x', 'nonsense', 'here');
		const next = hashes.fits('x', cheap, 'here');
		await expect(damaged).rejects.toThrow();
		expect(await next).toBe(false);
	});

	test('are right for the right password alone', async () => {
		const hashes = new SlowHash();
		const hash = await hashes.make('öffne dich', 'here');
		expect(await hashes.fits('öffne dich'.normalize('NFD'), hash, 'there')).toBe(true);
		expect(await hashes.fits('open sesame', hash)).toBe(false);
		expect(await hashes.fits('open sesame', null)).toBe(false);
	});
});

describe('A-M4: passwords of rooms', () => {
	const roomId = newRoomId();
	const codeOf = (passwords: Passwords, network: string, hash: string | null = cheap) =>
		passwords.check(roomId, { personId: newPersonId(), network }, 'wrong', hash).then(
			() => 'OK',
			(error: unknown) => (error as { code: string }).code,
		);

	test('are wrong where there is none, without a hash and without end', async () => {
		const passwords = new Passwords();
		const tries = Array.from({ length: 200 }, () => codeOf(passwords, 'one', null));
		expect(new Set(await Promise.all(tries))).toEqual(new Set(['BAD_PASSWORD']));
	});

	test('are tried by one network fifteen times, and by all a hundred times', async () => {
		const passwords = new Passwords();
		const codes: string[] = [];
		for (let i = 0; i < 16; i++) codes.push(await codeOf(passwords, 'one'));
		expect(codes.slice(14)).toEqual(['BAD_PASSWORD', 'TOO_MANY_REQUESTS']);
		for (let i = 0; i < 85; i++) codes.push(await codeOf(passwords, `of ${i}`));
		expect(codes.at(-1)).toBe('BAD_PASSWORD');
		expect(await codeOf(passwords, 'another')).toBe('TOO_MANY_REQUESTS');
	});
});
