import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HashInput } from '../../sfu/platform/hashThread.ts';
import { SlowHash } from '../../sfu/platform/slowHash.ts';
import { freshName, goodPassword, Visit } from '../support/account.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
// Tests say themselves which address they come from, as a proxy would.
withService((on) => ({ service } = on), { http: { trustProxy: true } });

const from = (address: string) => ({ 'x-forwarded-for': address });
const guess = 'a wrong password';

/** Whether this goes to the thread of the hashes. */
const isHashing = (work: unknown): work is HashInput =>
	typeof work === 'object' && work !== null && 'password' in work && 'salt' in work;

/** The codes of so many wrong passwords, one after the other. */
async function storm(visit: Visit, userName: string, times: number) {
	const codes: string[] = [];
	for (let i = 0; i < times; i++) codes.push((await visit.signIn(userName, guess)).code);
	return codes;
}

describe('ACCOUNT-2: wrong passwords', () => {
	let owner: Visit & { userName: string };
	beforeEach(async () => {
		owner = await Visit.account(service);
	});

	test('for one name from one address are few, and then the right one is refused too', async () => {
		const attacker = new Visit(service, from('10.0.1.1'));
		expect(await storm(attacker, owner.userName, 7)).toEqual([
			...Array<string>(5).fill('WRONG_CREDENTIALS'),
			...Array<string>(2).fill('TOO_MANY_REQUESTS'),
		]);
		expect((await attacker.signIn(owner.userName)).code).toBe('TOO_MANY_REQUESTS');
		const elsewhere = new Visit(service, from('10.0.2.1'));
		expect((await elsewhere.signIn(owner.userName)).code).toBe('OK');
		// A browser that the owner has signed in with counts for itself.
		const home = new Visit(service, from('10.0.1.1'));
		home.hold('parley_device', owner.held('parley_device') ?? '');
		expect((await home.signIn(owner.userName, guess)).code).toBe('WRONG_CREDENTIALS');
		expect((await home.signIn(owner.userName)).code).toBe('OK');
	});

	test('are counted alike for a name nobody has', async () => {
		const codes = await storm(new Visit(service, from('10.0.3.1')), freshName('nobody'), 6);
		expect(codes.at(-2)).toBe('WRONG_CREDENTIALS');
		expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS');
	});

	test('at the same moment are counted too', async () => {
		const answers = await Promise.all(
			Array.from({ length: 12 }, () =>
				new Visit(service, from('10.0.4.1')).signIn(owner.userName, guess),
			),
		);
		expect(answers.filter(({ code }) => code === 'WRONG_CREDENTIALS')).toHaveLength(5);
	});

	test('take as long for a name that nobody has: the same hash is made before the answer', async () => {
		const matches = vi.spyOn(SlowHash.prototype, 'matches');
		const asked = vi.spyOn(Worker.prototype, 'postMessage');
		onTestFinished(() => void vi.restoreAllMocks());
		for (const userName of [owner.userName, freshName('nobody')]) {
			const visit = new Visit(service, from('10.0.100.1'));
			expect((await visit.signIn(userName, guess)).code).toBe('WRONG_CREDENTIALS');
			// The answer came after it.
			expect(matches.mock.settledResults.at(-1)).toEqual({ type: 'fulfilled', value: false });
		}
		const made = asked.mock.calls.flatMap(([work]) => (isHashing(work) ? [work] : []));
		expect(made.map(({ password }) => password)).toEqual([guess, guess]);
		const [known, unknown] = made.map(({ length, options }) => ({ length, options }));
		expect(unknown).toEqual(known);
	});

	test('are few where the old one is asked for again', async () => {
		const codes: string[] = [];
		for (let i = 0; i < 11; i++) {
			const body = { old: guess, new: goodPassword };
			codes.push((await owner.ask('POST', '/api/account/password', body)).code);
		}
		expect(codes.at(0)).toBe('WRONG_CREDENTIALS');
		expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS');
	});

	test('what proves a browser known lets nobody in', async () => {
		const thief = new Visit(service);
		thief.hold('parley_device', owner.held('parley_device') ?? '');
		thief.hold('parley_session', owner.held('parley_device') ?? '');
		expect((await thief.ask('GET', '/api/account')).code).toBe('UNAUTHENTICATED');
	});
});

describe('ACCOUNT-2: wrong passwords', () => {
	let service: Service;
	// So many take seconds, and on a busy machine much longer: their thread stands back for all else that runs.
	const hashCost = { N: 2 ** 12, r: 8, p: 1 };
	withService((on) => ({ service } = on), { http: { trustProxy: true } }, { hashCost });

	test(
		'by the hundred, and as many new accounts, hold up nobody else',
		{ timeout: 180_000 },
		async () => {
			const owner = await Visit.account(service);
			const ended = { storm: false };
			const storm = Promise.all([
				...Array.from({ length: 60 }, (_, i) =>
					new Visit(service, from(`198.51.100.${i}`)).signIn(freshName(), guess),
				),
				...Array.from({ length: 60 }, async () =>
					(await Visit.guest(service, from('203.0.113.1'))).signUp(freshName()),
				),
			]).finally(() => (ended.storm = true));
			for (let i = 0; i < 5; i++) expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
			const home = new Visit(service, from('10.0.200.1'));
			expect((await home.signIn(owner.userName)).code).toBe('OK');
			expect(ended.storm).toBe(false);
			const codes = new Set((await storm).map(({ code }) => code));
			expect([...codes].sort()).toEqual(['OK', 'TOO_MANY_REQUESTS', 'WRONG_CREDENTIALS']);
		},
	);
});
