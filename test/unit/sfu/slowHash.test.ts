import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HashInput } from '../../../sfu/platform/hashThread.ts';
import { SlowHash } from '../../../sfu/platform/slowHash.ts';
import { Passwords } from '../../../sfu/rooms/passwords.ts';
import { newPersonId, newRoomId } from '../../../shared/ids.ts';

// The thread of the hashes stands back for all else that runs.
vi.setConfig({ testTimeout: 60_000 });

/** A hash of nothing in particular that is looked at fast. */
const cheap = `scrypt$2$1$1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;

describe('A-M4: hashes of passwords', () => {
	test('of one network do not wait for all that another one asked for', async () => {
		const hashes = new SlowHash();
		const done: string[] = [];
		const look = (network: string) =>
			hashes.matches('x', cheap, network).then(() => done.push(network));
		const flood = Array.from({ length: 40 }, () => look('192.0.2.0/24'));
		await Promise.all([...flood, look('198.51.100.0/24'), look('203.0.113.0/24')]);
		expect(done).toHaveLength(42);
		expect(done.slice(0, 4)).toContain('198.51.100.0/24');
		expect(done.slice(0, 4)).toContain('203.0.113.0/24');
	});

	test('of one network wait in a bounded number, which leaves room for others', async () => {
		const hashes = new SlowHash();
		const looks = Array.from({ length: 80 }, () => hashes.matches('x', cheap, '192.0.2.0/24'));
		const other = hashes.matches('x', cheap, '198.51.100.0/24');
		const results = await Promise.allSettled(looks);
		const refused = results.filter(({ status }) => status === 'rejected');
		expect(refused.length).toBeGreaterThan(20);
		expect(refused[0]).toMatchObject({ reason: { code: 'TOO_MANY_REQUESTS' } });
		expect(await other).toBe(false);
		expect(await hashes.matches('x', cheap, '192.0.2.0/24')).toBe(false);
	});

	test('that are damaged fail alone', async () => {
		const hashes = new SlowHash();
		const damaged = hashes.matches('x', 'nonsense', 'here');
		const next = hashes.matches('x', cheap, 'here');
		await expect(damaged).rejects.toThrow();
		expect(await next).toBe(false);
	});

	test('are right for the right password alone', async () => {
		const hashes = new SlowHash();
		const hash = await hashes.make('öffne dich', 'here');
		expect(await hashes.matches('öffne dich'.normalize('NFD'), hash, 'there')).toBe(true);
		expect(await hashes.matches('open sesame', hash)).toBe(false);
		expect(await hashes.matches('open sesame', null)).toBe(false);
	});

	test('cost in production what makes guessing dear, whatever tests ask for', async () => {
		const parameters = (hash: string) => hash.split('$').slice(0, 4).join('$');
		expect(parameters(await new SlowHash().make('x'))).toBe('scrypt$32768$8$3');
		const cheaper = new SlowHash({ N: 256, r: 8, p: 1 });
		expect(parameters(await cheaper.make('x'))).toBe('scrypt$256$8$1');
		// Where there is no hash, one is made all the same.
		const asked = vi.spyOn(Worker.prototype, 'postMessage');
		onTestFinished(() => void asked.mockRestore());
		expect(await new SlowHash().matches('x', null)).toBe(false);
		expect(asked.mock.calls.map(([work]) => (work as HashInput).options)).toEqual([
			expect.objectContaining({ N: 32768, r: 8, p: 3 }),
		]);
		// A hash says itself what it cost.
		expect(await new SlowHash().matches('x', await cheaper.make('x'))).toBe(true);
	});
});

describe('SERVICE-5: hashes of passwords', () => {
	afterEach(() => void vi.useRealTimers());

	test('let their network rest while more of it wait, and other networks go on', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
		// Some ticks of the clock that counts the work of threads.
		const dearer = cheap.replace('$2$1$1$', '$32768$8$3$');
		const hashes = new SlowHash();
		const done: string[] = [];
		const look = async (network: string) => {
			await hashes.matches('x', dearer, network);
			done.push(network);
		};
		const [first, second] = [look('one'), look('one')];
		await first;
		for (let count = 0; count < 3; count++) await look('other');
		expect(done).toEqual(['one', 'other', 'other', 'other']);
		vi.advanceTimersByTime(60_000);
		await second;
		expect(vi.getTimerCount()).toBe(0);
	});

	test('are made in a thread of low priority, and the other threads keep theirs', async () => {
		await new SlowHash().matches('x', cheap);
		const folder = `/proc/${process.pid}/task`;
		const nice = readdirSync(folder).flatMap((task) => {
			const stat = statOf(`${folder}/${task}`);
			// The name stands in brackets and may hold anything.
			return stat ? [Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])] : [];
		});
		expect(nice.filter((value) => value === 10)).toHaveLength(1);
		expect(new Set(nice)).toEqual(new Set([getPriority(process.pid), 10]));
	});
});

/** @returns null if the thread has ended since its folder was listed. */
function statOf(task: string): string | null {
	try {
		return readFileSync(`${task}/stat`, 'utf8');
	} catch {
		return null;
	}
}

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
