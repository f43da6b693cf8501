import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { freshName, Visit } from '../support/account.ts';
import { startProvider, type TestProvider } from '../support/identityProvider.ts';
import { freePort, startService, type Service } from '../support/service.ts';

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
async function start(visit: Visit, next = '/settings'): Promise<URL> {
	const response = await visit.fetch(`/api/account/oidc/start?next=${encodeURIComponent(next)}`);
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

async function roundTrip(visit: Visit, login: string, next?: string): Promise<string> {
	return locationOf(await visit.fetch(await signInThere(await start(visit, next), login)));
}

describe('R75: signing in by an identity provider', () => {
	test('makes the guest an account, and is that account from then on', async () => {
		const [guest, login, roomId] = [await Visit.guest(service), freshName('ada'), newRoomId()];
		const before = await guest.self();
		expect(before.provider).toBe('Elsewhere');
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Ada' });
		const [cookie] = [guest.held('parley_session')];
		expect(await roundTrip(guest, login, '/room/abc?x=1')).toBe('/room/abc?x=1');
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
		expect(locationOf(await visit.fetch(back))).toBe('/settings');
		const thief = await Visit.guest(service);
		thief.hold('parley_sign_in', kept);
		expect(locationOf(await thief.fetch(back))).toEqual(problem('SIGN_IN_EXPIRED'));
		expect((await thief.self()).account).toBeNull();
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
		expect(await roundTrip(visit, freshName(), next)).toBe('/');
	});
});

test('R75: a provider that is away, or none, leads to a page in words', async () => {
	const oidc = { issuer: `http://127.0.0.1:${await freePort()}`, clientId: 'x' };
	const alone = await startService({ oidc });
	const visit = await Visit.guest(alone);
	const away = await visit.fetch('/api/account/oidc/start');
	expect(locationOf(away)).toContain('/login?problem=UNAVAILABLE');
	await alone.close();
});
