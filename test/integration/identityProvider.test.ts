import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { freshName, Visit } from '../support/account.ts';
import { startProvider, type TestProvider } from '../support/identityProvider.ts';
import { freePort } from '../support/ports.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service;
let provider: TestProvider;
const boss = freshName('boss');
beforeAll(async () => {
	const [port, own] = [await freePort(), await freePort()];
	provider = await startProvider(port, [`http://127.0.0.1:${own}`]);
	const { issuer, clientId, clientSecret } = provider;
	service = await startService({
		http: { port: own },
		oidc: { issuer, clientId, clientSecret, name: 'Elsewhere' },
		accounts: { administrators: [boss] },
	});
});
afterAll(async () => {
	await service.close();
	await provider.close();
});

const locationOf = (response: Response) => response.headers.get('location') ?? '';

/** Goes to the provider. @returns where it is that one signs in there. */
async function start(visit: Visit, next = '/settings', bring = false): Promise<URL> {
	const query = new URLSearchParams({ next, ...(bring && { bring: '' }) });
	const response = await visit.fetch(`/api/account/oidc/start?${query.toString()}`);
	expect(response.status).toBe(303);
	return new URL(locationOf(response));
}

/** Signs in at the provider, with its own pages. @returns where it sends one back to. */
async function signInThere(authorize: URL, login: string): Promise<string> {
	const there = new Visit({ url: provider.issuer });
	let address = authorize.href;
	for (let step = 0; step < 12; step++) {
		if (address.startsWith(service.url)) return address;
		const response = await there.fetch(address);
		if (response.status !== 200) {
			address = new URL(locationOf(response), address).href;
			continue;
		}
		const page = await response.text();
		const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? '';
		const body = new URLSearchParams({ prompt, login, password: 'any' });
		const answer = await there.fetch(address, { method: 'POST', body });
		address = new URL(locationOf(answer), address).href;
	}
	throw new Error('the provider sent nobody back');
}

/** Where somebody goes who was signed in: the page for that remembers what the account is called, and goes on. */
const onTo = (next: string) =>
	`/login?${new URLSearchParams({ 'signed-in': '', next }).toString()}`;

async function roundTrip(
	visit: Visit,
	login: string,
	next?: string,
	bring?: boolean,
): Promise<string> {
	return locationOf(await visit.fetch(await signInThere(await start(visit, next, bring), login)));
}

describe('ACCOUNT-6: signing in by an identity provider', () => {
	test('makes the guest an account, and is that account from then on', async () => {
		const [guest, login, roomId] = [await Visit.guest(service), freshName('ada'), newRoomId()];
		const before = await guest.self();
		expect(before.provider).toBe('Elsewhere');
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Ada' });
		const [cookie] = [guest.held('parley_session')];
		expect(await roundTrip(guest, login, '/room/abc?x=1')).toBe(onTo('/room/abc?x=1'));
		expect(await guest.self()).toMatchObject({
			...{ personId: before.personId, account: { userName: login } },
			name: `${login} of elsewhere`,
		});
		expect(guest.held('parley_session')).not.toBe(cookie);
		expect((await guest.ask('GET', `/api/rooms/${roomId}`)).code).toBe('OK');
		const other = await Visit.guest(service);
		await roundTrip(other, login);
		expect((await other.self()).personId).toBe(before.personId);
		// Without a password nobody signs in by one; there can be one later.
		const wrong = await new Visit(service).signIn(login, '');
		expect(wrong.code).toBe('WRONG_CREDENTIALS');
		const body = { old: null, new: 'correct horse battery' };
		expect((await other.ask('POST', '/api/account/password', body)).code).toBe('OK');
		expect((await (await Visit.guest(service)).signIn(login)).code).toBe('OK');
	});

	test('gives another name where one is taken, and none of an administrator', async () => {
		const taken = await Visit.account(service);
		const second = await Visit.guest(service);
		await roundTrip(second, taken.userName);
		expect((await second.self()).account).toEqual({ userName: `${taken.userName}-2` });
		const climber = await Visit.guest(service);
		await roundTrip(climber, boss);
		expect(await climber.self()).toMatchObject({
			...{ account: { userName: `${boss}-2` }, administrator: false },
		});
	});

	test('by somebody who has another account leaves that one alone', async () => {
		const account = await Visit.account(service);
		const { personId } = await account.self();
		await roundTrip(account, freshName('other'));
		expect((await account.self()).personId).not.toBe(personId);
	});

	const problem = (code: string) => expect.stringContaining(`/login?problem=${code}`) as string;

	test('with another state is refused', async () => {
		const visit = await Visit.guest(service);
		const back = new URL(await signInThere(await start(visit), freshName()));
		back.searchParams.set('state', 'another');
		expect(locationOf(await visit.fetch(back.href))).toEqual(problem('SIGN_IN_FAILED'));
		expect((await visit.self()).account).toBeNull();
		// What was remembered counted for that one try.
		const again = await visit.fetch(back.href);
		expect(locationOf(again)).toEqual(problem('SIGN_IN_EXPIRED'));
	});

	test('in another browser than it began in is refused', async () => {
		const [visit, victim] = [await Visit.guest(service), await Visit.guest(service)];
		const back = await signInThere(await start(visit), freshName());
		expect(locationOf(await victim.fetch(back))).toEqual(problem('SIGN_IN_EXPIRED'));
		expect((await victim.self()).account).toBeNull();
		const mixed = await Visit.guest(service);
		await start(mixed);
		expect(locationOf(await mixed.fetch(back))).toEqual(problem('SIGN_IN_FAILED'));
	});

	test('by a code that was used is refused', async () => {
		const visit = await Visit.guest(service);
		const back = await signInThere(await start(visit), freshName());
		const kept = visit.held('parley_sign_in') ?? '';
		expect(locationOf(await visit.fetch(back))).toBe(onTo('/settings'));
		const thief = await Visit.guest(service);
		thief.hold('parley_sign_in', kept);
		expect(locationOf(await thief.fetch(back))).toEqual(problem('SIGN_IN_EXPIRED'));
		expect((await thief.self()).account).toBeNull();
	});

	test('with a code of somebody else’s sign-in is refused: it fits that one’s PKCE verifier alone', async () => {
		const [thief, victim] = [await Visit.guest(service), await Visit.guest(service)];
		const authorize = await start(victim);
		expect(authorize.searchParams.get('code_challenge_method')).toBe('S256');
		const stolen = new URL(await signInThere(authorize, freshName()));
		const back = new URL(await signInThere(await start(thief), freshName()));
		back.searchParams.set('code', stolen.searchParams.get('code') ?? '');
		expect(locationOf(await thief.fetch(back.href))).toEqual(problem('SIGN_IN_EXPIRED'));
		expect((await thief.self()).account).toBeNull();
	});

	test('by a provider that says in one place who it is and in another who else is refused', async () => {
		const visit = await Visit.guest(service);
		expect(await roundTrip(visit, freshName('liar'))).toEqual(problem('SIGN_IN_FAILED'));
		expect((await visit.self()).account).toBeNull();
	});

	test('without any cookie is refused, and the browser is a guest', async () => {
		const back = await signInThere(await start(await Visit.guest(service)), freshName());
		const bare = new Visit(service);
		expect(locationOf(await bare.fetch(back))).toEqual(problem('SIGN_IN_EXPIRED'));
		expect((await bare.self()).account).toBeNull();
	});

	test('takes what the guest has along to an account that there is, if wanted', async () => {
		const login = freshName('ada');
		const first = await Visit.guest(service);
		await roundTrip(first, login);
		const { personId } = await first.self();
		for (const bring of [true, false]) {
			const [guest, roomId] = [await Visit.guest(service), newRoomId()];
			await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Ada' });
			await roundTrip(guest, login, '/', bring);
			expect((await guest.self()).personId).toBe(personId);
			const code = bring ? 'OK' : 'NOT_MEMBER';
			expect((await guest.ask('GET', `/api/rooms/${roomId}`)).code).toBe(code);
		}
	});

	test('that one breaks off, or makes up, leads back in words', async () => {
		const visit = await Visit.guest(service);
		const state = (await start(visit)).searchParams.get('state') ?? '';
		const iss = encodeURIComponent(provider.issuer);
		const denied = `/api/account/oidc/callback?error=access_denied&state=${state}&iss=${iss}`;
		expect(locationOf(await visit.fetch(denied))).toEqual(problem('SIGN_IN_FAILED'));
		visit.hold('parley_sign_in', 'nonsense');
		const made = await visit.fetch('/api/account/oidc/callback?code=x&state=y');
		expect(locationOf(made)).toEqual(problem('SIGN_IN_EXPIRED'));
	});

	test.each([
		['https://evil.example/'],
		['//evil.example/'],
		['/\\evil.example'],
		['javascript:alert(1)'],
		['settings'],
	])('never leads on to %s', async (next) => {
		const visit = await Visit.guest(service);
		expect(await roundTrip(visit, freshName(), next)).toBe(onTo('/'));
	});
});

test('ACCOUNT-6: a provider that goes away while somebody is there is not their fault', async () => {
	const [port, own] = [await freePort(), await freePort()];
	const brief = await startProvider(port, [`http://127.0.0.1:${own}`]);
	const { issuer, clientId, clientSecret } = brief;
	const alone = await startService({
		http: { port: own },
		oidc: { issuer, clientId, clientSecret },
	});
	const visit = await Visit.guest(alone);
	const begun = new URL(locationOf(await visit.fetch('/api/account/oidc/start?next=/next')));
	await brief.close();
	const query = new URLSearchParams({
		...{ code: 'any', state: begun.searchParams.get('state') ?? '', iss: issuer },
	});
	const back = await visit.fetch(`/api/account/oidc/callback?${query.toString()}`);
	expect(locationOf(back)).toBe('/login?problem=UNAVAILABLE&next=%2Fnext');
	expect((await visit.self()).account).toBeNull();
	// ACCOUNT-22: nobody is sent to one that is away, though it was there a moment ago.
	const leaving = await visit.fetch('/api/account/oidc/start?next=/next');
	expect(locationOf(leaving)).toBe('/login?problem=UNAVAILABLE&next=%2Fnext');
	// It is there again, and so is the way in.
	const again = await startProvider(port, [`http://127.0.0.1:${own}`]);
	expect(locationOf(await visit.fetch('/api/account/oidc/start'))).toContain(`${issuer}/auth`);
	await again.close();
	await alone.close();
});

test('ACCOUNT-22: a provider that never answers keeps nobody for longer than some seconds', async () => {
	const mute = createServer(() => undefined);
	await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
	const { port } = mute.address() as AddressInfo;
	const alone = await startService({ oidc: { issuer: `http://127.0.0.1:${port}`, clientId: 'x' } });
	const visit = await Visit.guest(alone);
	const away = await visit.fetch('/api/account/oidc/start', {
		signal: AbortSignal.timeout(15_000),
	});
	expect(locationOf(away)).toContain('/login?problem=UNAVAILABLE');
	await alone.close();
	mute.closeAllConnections();
	mute.close();
});

test('ACCOUNT-6: a provider that is away, or none, leads to a page in words', async () => {
	const oidc = { issuer: `http://127.0.0.1:${await freePort()}`, clientId: 'x' };
	const alone = await startService({ oidc });
	const visit = await Visit.guest(alone);
	const away = await visit.fetch('/api/account/oidc/start');
	expect(locationOf(away)).toContain('/login?problem=UNAVAILABLE');
	await alone.close();
});
