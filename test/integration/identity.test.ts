import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { newRoomId, type PersonId, type RoomId } from '../../shared/ids.ts';
import { freshName, goodPassword, Visit } from '../support/account.ts';
import { eventually, TestClient, type Cast } from '../support/client.ts';
import { loadSecret } from '../../sfu/platform/secret.ts';
import { SessionCookies } from '../../sfu/people/identity/sessionCookies.ts';
import { startService, testConfig, type Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Hashes are slow to make.
vi.setConfig({ testTimeout: 60_000 });

const secret = 'a secret of the tests, which is long enough';
const boss = freshName('boss');

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), {
	embed: { secret },
	accounts: { administrators: [boss] },
});

const another: Service[] = [];
/** A service of its own, for what uses up a budget or needs other settings. */
async function start(sections: Parameters<typeof startService>[0]): Promise<Service> {
	const started = await startService(sections);
	another.push(started);
	return started;
}
afterEach(async () => {
	for (const one of another.splice(0)) await one.close();
});

const now = () => Math.floor(Date.now() / 1000);
const signed = (room: RoomId, more: Record<string, unknown> = {}) =>
	new SignJWT({
		...{ room, name: 'Ada', sub: crypto.randomUUID(), exp: now() + 300 },
		...{ jti: crypto.randomUUID(), ...more },
	})
		.setProtectedHeader({ alg: 'HS256' })
		.sign(new TextEncoder().encode(secret));

/** A browser that came into a room by a token of the site. */
async function sent(roomId: RoomId, more: Record<string, unknown> = {}, to = service) {
	const visit = new Visit(to);
	const body = { token: await signed(roomId, more), roomId, framed: false };
	const answer = await visit.ask<{ personId: PersonId }>('POST', '/api/session/token', body);
	return Object.assign(visit, { code: answer.code, personId: answer.data.personId });
}

/** Another browser with the same session cookie. */
function copyOf(visit: Visit): Visit {
	const copy = new Visit(service);
	copy.hold('parley_session', visit.held('parley_session') ?? '');
	return copy;
}

type Made = { token: { tokenId: string; expiresAt: number; scope: string }; secret: string };
const makeToken = async (visit: Visit, more: Record<string, unknown> = {}) =>
	(await visit.ask<Made>('POST', '/api/tokens', { name: 'Script', ...more })).data;
/** What a request with this token is answered with. */
const codeWith = async (token: string, method = 'GET', path = '/api/rooms', body?: unknown) =>
	(await new Visit(service, { authorization: `Bearer ${token}` }).ask(method, path, body)).code;

describe('A-H7: a token that was made in a guest’s session', () => {
	test('ACCOUNT-11: ends when the guest signs up', async () => {
		const guest = await Visit.guest(service);
		const { secret: token } = await makeToken(guest);
		expect(await codeWith(token)).toBe('OK');
		await guest.signUp(freshName());
		expect(await codeWith(token)).toBe('UNAUTHENTICATED');
	});

	test('ACCOUNT-11: ends when the guest signs in to an account and brings along what they have', async () => {
		const { userName } = await Visit.account(service);
		const guest = await Visit.guest(service);
		const { secret: token } = await makeToken(guest);
		expect((await guest.signIn(userName, goodPassword, { bring: true })).code).toBe('OK');
		expect(await codeWith(token)).toBe('UNAUTHENTICATED');
	});

	test('ACCOUNT-11: cannot be made any more by the session that was there before', async () => {
		const guest = await Visit.guest(service);
		await guest.ask('POST', `/api/rooms/${newRoomId()}/members`, { name: 'Guest' });
		const planted = copyOf(guest);
		const made = [(await makeToken(planted)).secret];
		const signingUp = guest.signUp(freshName());
		const over = new AbortController();
		void signingUp.finally(() => over.abort());
		while (!over.signal.aborted) {
			const { data, code } = await planted.ask<Made>('POST', '/api/tokens', { name: 'x' });
			if (code === 'OK') made.push(data.secret);
		}
		expect((await signingUp).code).toBe('OK');
		// The last ones: only so many wrong tokens are looked at from one address.
		for (const token of made.slice(-6)) expect(await codeWith(token)).toBe('UNAUTHENTICATED');
	});
});

describe('ACCOUNT-11: tokens end', () => {
	test('A-H7: with a new password, and with signing out everywhere', async () => {
		const account = await Visit.account(service);
		const first = await makeToken(account);
		const body = { old: goodPassword, new: 'another horse battery' };
		expect((await account.ask('POST', '/api/account/password', body)).code).toBe('OK');
		expect(await codeWith(first.secret)).toBe('UNAUTHENTICATED');
		const second = await makeToken(account);
		await account.ask('POST', '/api/account/sign-out', {});
		expect(await codeWith(second.secret)).toBe('OK');
		await account.signIn(account.userName, body.new);
		await account.ask('POST', '/api/account/sign-out', { everywhere: true });
		expect(await codeWith(second.secret)).toBe('UNAUTHENTICATED');
	});

	test('A-L13: after 90 days unless it is said when, and within a year', async () => {
		const account = await Visit.account(service);
		const day = 24 * 60 * 60 * 1000;
		const { token } = await makeToken(account);
		expect(token.expiresAt / day).toBeCloseTo(Date.now() / day + 90, 1);
		for (const days of [null, 366, 3650])
			expect((await account.ask('POST', '/api/tokens', { name: 'x', days })).code).toBe(
				'BAD_REQUEST',
			);
	});
});

test('ACCOUNT-12, A-L13: a token that only reads is refused whatever changes something', async () => {
	const account = await Visit.account(service);
	const roomId = newRoomId();
	await account.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Ada' });
	const { secret: token, token: info } = await makeToken(account, { scope: 'read' });
	expect(info.scope).toBe('read');
	expect(await codeWith(token, 'GET', `/api/rooms/${roomId}/messages`)).toBe('OK');
	for (const [method, path, body] of [
		['POST', `/api/rooms/${roomId}/messages`, { body: 'x' }],
		['POST', `/api/rooms/${roomId}/members`, { name: 'x' }],
		['PUT', `/api/rooms/${roomId}/retention`, { kind: 'forever' }],
		['PUT', `/api/rooms/${roomId}/read`, { seq: 1 }],
		['POST', '/api/match/start', { mode: 'text' }],
		['POST', '/api/files', undefined],
		['POST', '/api/warnings/seen', { warningId: 1 }],
	] as const)
		expect([path, await codeWith(token, method, path, body)]).toEqual([path, 'NOT_ALLOWED']);
	const { secret: writing } = await makeToken(account, { scope: 'write' });
	expect(await codeWith(writing, 'POST', `/api/rooms/${roomId}/messages`, { body: 'x' })).toBe(
		'OK',
	);
	expect((await account.ask('POST', '/api/tokens', { name: 'x', scope: 'all' })).code).toBe(
		'BAD_REQUEST',
	);
});

describe('A-H6: a room that a token named', () => {
	const roleOf = async (visit: Visit, roomId: RoomId) =>
		(
			await visit.ask<{ you: { role: string } }>('POST', `/api/rooms/${roomId}/members`, {
				name: 'x',
			})
		).data.you.role;

	test('ACCOUNT-13: has no host but by a token or by a host, whoever comes first and by whatever way', async () => {
		const roomId = newRoomId();
		await sent(roomId);
		expect(await roleOf(await Visit.guest(service), roomId)).toBe('member');
		const client = await cast.connect();
		expect((await client.join(roomId, 'Guest')).you.role).toBe('member');
		expect(await client.codeOf('host:policy', { locked: true })).toBe('NOT_ALLOWED');
		const agent = await sent(roomId, { host: true });
		const host = await cast.connect({ cookie: agent.cookie });
		const { you, peers } = await host.join(roomId, 'Agent');
		expect(you.role).toBe('host');
		expect(peers.map(({ role }) => role)).toEqual(['member']);
		await host.ask('host:name', { personId: peers[0]?.personId as PersonId, host: true });
		await client.until('peer:updated', ({ role }) => role === 'host');
	});

	test('ACCOUNT-13: is nobody’s who came before the token', async () => {
		const roomId = newRoomId();
		const squatter = await cast.connect();
		expect((await squatter.join(roomId, 'Squatter')).you.role).toBe('host');
		await sent(roomId);
		await squatter.until('peer:updated', ({ role }) => role === 'member');
		expect(await squatter.codeOf('host:policy', { locked: true })).toBe('NOT_ALLOWED');
		// A second token changes nothing for those whom the first one made hosts.
		const agent = await sent(roomId, { host: true });
		await sent(roomId);
		expect(await roleOf(agent, roomId)).toBe('host');
	});

	test('ACCOUNT-13: tells its holder to be a member, and lets them decide nothing right behind the join', async () => {
		for (let i = 0; i < 6; i++) {
			const roomId = newRoomId();
			const visit = await sent(roomId);
			const client = await cast.connect({ cookie: visit.cookie });
			const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId });
			const [joined, policy] = await Promise.all([
				client.ask('room:join', {
					...{ roomId, name: 'Customer', rtpCapabilities: routerRtpCapabilities },
					firstPage: { videos: 0, width: 0, height: 0 },
				}),
				client.codeOf('host:policy', { locked: true }),
			]);
			expect(joined.you.role).toBe('member');
			expect(policy).not.toBe('OK');
			client.close();
		}
	});

	test('ACCOUNT-13: stays without a host when the last one deletes themselves', async () => {
		const roomId = newRoomId();
		const agent = await sent(roomId, { host: true });
		const host = await cast.connect({ cookie: agent.cookie });
		await host.join(roomId, 'Agent');
		const account = await Visit.account(service);
		const client = await cast.connect({ cookie: account.cookie });
		const { you } = await client.join(roomId, 'Account');
		const other = await Visit.guest(service);
		expect(await roleOf(other, roomId)).toBe('member');
		await host.ask('host:name', { personId: you.personId, host: true });
		await client.ask('host:name', { personId: agent.personId, host: false });
		const gone = { password: goodPassword, messages: 'keep' };
		expect((await account.ask('POST', '/api/account/delete', gone)).code).toBe('OK');
		for (const visit of [other, agent]) expect(await roleOf(visit, roomId)).toBe('member');
	});
});

describe('A-H10: a name of accounts.administrators', () => {
	test('ACCOUNT-14: is bound to the first account of that name, and reserved when that is deleted', async () => {
		const first = await Visit.account(service, boss);
		expect((await first.self()).administrator).toBe(true);
		const gone = { password: goodPassword, messages: 'keep' };
		expect((await first.ask('POST', '/api/account/delete', gone)).code).toBe('OK');
		const stranger = await Visit.guest(service);
		expect((await stranger.signUp(boss)).code).toBe('NAME_TAKEN');
		expect((await stranger.self()).administrator).toBe(false);
	});
});

describe('A-M8: a suspension', () => {
	test('ACCOUNT-15: with an end that is no date is refused, and changes nothing', async () => {
		const own = await start({ accounts: { administrators: [boss] } });
		const admin = await Visit.account(own, boss);
		const guest = await Visit.guest(own);
		const { personId } = await guest.self();
		const client = await TestClient.connect(own, { cookie: guest.cookie });
		const path = `/api/admin/people/${personId}`;
		for (const until of [8.7e15, 1e300, 8.64e15 + 1, 253_402_300_800_000, -1, 1.5, '2099-01-01'])
			expect([
				until,
				(await admin.ask('POST', path, { action: 'suspend', words: '', until })).code,
			]).toEqual([until, 'BAD_REQUEST']);
		expect(await guest.self()).toMatchObject({ suspended: null });
		expect((await guest.ask('GET', '/api/rooms')).code).toBe('OK');
		expect(client.socket.connected).toBe(true);
		client.close();
	});

	test('ACCOUNT-15: for ever reaches all sockets, and says so', async () => {
		const own = await start({ accounts: { administrators: [boss] } });
		const admin = await Visit.account(own, boss);
		const guest = await Visit.guest(own);
		const { personId } = await guest.self();
		const clients = await Promise.all(
			[1, 2, 3].map(() => TestClient.connect(own, { cookie: guest.cookie })),
		);
		const path = `/api/admin/people/${personId}`;
		const decision = { action: 'suspend', words: 'Spam.', until: 8.64e15 };
		expect((await admin.ask('POST', path, decision)).code).toBe('OK');
		for (const client of clients)
			expect((await client.until('session:ended')).message).toBe(
				"You're suspended from this server permanently. The reason: Spam.",
			);
		const refused = await guest.ask('GET', '/api/rooms');
		expect([refused.status, refused.code]).toEqual([403, 'SUSPENDED']);
	});

	test('ACCOUNT-15: ends requests that wait for messages, which then tell nothing more', async () => {
		const guest = await Visit.guest(service);
		const { personId } = await guest.self();
		const roomId = newRoomId();
		await guest.ask('POST', `/api/rooms/${roomId}/members`, { name: 'Guest' });
		const waiting = guest.ask('GET', `/api/rooms/${roomId}/messages?after=0&wait=30`);
		await eventually(() => service.app.polls.waiting === 1);
		await service.app.accountStatus.suspend(personId, { until: Date.now() + 60_000, reason: '' });
		expect((await waiting).code).toBe('SUSPENDED');
	});

	test('ACCOUNT-15: holds for a guest who never opened a socket', async () => {
		const own = await start({ accounts: { administrators: [boss] } });
		const admin = await Visit.account(own, boss);
		const guest = await Visit.guest(own);
		const { personId } = await guest.self();
		const until = Date.now() + 60_000;
		const decision = { action: 'suspend', words: '', until };
		const path = `/api/admin/people/${personId}`;
		expect((await admin.ask('POST', path, decision)).code).toBe('OK');
		expect((await guest.ask('GET', '/api/rooms')).code).toBe('SUSPENDED');
	});
});

test('ACCOUNT-2, A-M19: trying names by signing up has a budget', async () => {
	const own = await start({});
	const { userName } = await Visit.account(own);
	const codes: string[] = [];
	for (let i = 0; i < 110; i++) {
		const guest = await Visit.guest(own);
		codes.push((await guest.signUp(userName)).code);
	}
	expect(new Set(codes)).toEqual(new Set(['NAME_TAKEN', 'TOO_MANY_REQUESTS']));
	expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS');
});

describe('A-L2: the cookie of a guest who never opened a socket stands for nobody', () => {
	test.each<[string, (guest: Visit) => Promise<unknown>]>([
		['ACCOUNT-3: once they signed out', (guest) => guest.ask('POST', '/api/account/sign-out', {})],
		[
			'ACCOUNT-3: once they signed in to an account',
			async (guest) => guest.signIn((await Visit.account(service)).userName),
		],
		[
			'ACCOUNT-5: once they deleted themselves',
			(guest) => guest.ask('POST', '/api/account/delete', { password: null, messages: 'keep' }),
		],
	])('%s', async (_when, go) => {
		const guest = await Visit.guest(service);
		const { personId } = await guest.self();
		const old = copyOf(guest);
		await go(guest);
		expect((await old.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
		expect((await old.self()).personId).not.toBe(personId);
	});
});

test('A-L19: the data of an account is whole', async () => {
	const account = await Visit.account(service);
	const client = await cast.connect({ cookie: account.cookie });
	await client.ask('people:choose', { state: 'do-not-disturb' });
	const { code } = await client.ask('people:code', { renew: false });
	await makeToken(account, { scope: 'read' });
	const response = await account.fetch('/api/account/data');
	const data = (await response.json()) as Record<string, unknown>;
	expect(data).toMatchObject({
		presence: 'do-not-disturb',
		contactCode: code,
		reported: [],
		decisions: [],
		tokens: [{ scope: 'read' }],
	});
});

describe('ACCOUNT-16, A-H5: new guests', () => {
	const from = (address: string) => ({ 'x-forwarded-for': address });

	test('come from one network in a limited number, and are told when to come again', async () => {
		const own = await start({ accounts: { newGuests: 5 }, http: { trustProxy: true } });
		const guests: Visit[] = [];
		for (let i = 0; i < 5; i++)
			guests.push(await Visit.guest(own, from(`198.51.100.${String(i)}`)));
		const late = new Visit(own, from('198.51.100.77'));
		const refused = await late.ask('GET', '/api/session');
		expect([refused.status, refused.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
		// Who has a session costs nothing, and another network has its own.
		const [guest] = guests;
		const before = await guest?.self();
		for (let i = 0; i < 20; i++) expect(await guest?.self()).toEqual(before);
		const elsewhere = await Visit.guest(own, from('203.0.113.1'));
		expect((await elsewhere.self()).personId).not.toBe(before?.personId);
		// Pages are shown all the same.
		const page = await late.fetch('/', { headers: { accept: 'text/html' } });
		expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
		expect(page.headers.get('retry-after')).toBeNull();
	});

	test('come from everywhere in a limited number', async () => {
		const own = await start({ limits: { newGuests: 3 }, http: { trustProxy: true } });
		const guest = await Visit.guest(own, from('198.51.100.1'));
		for (const network of [2, 3]) await Visit.guest(own, from(`198.51.${String(network)}.1`));
		const late = await new Visit(own, from('198.51.4.1')).ask('GET', '/api/session');
		expect([late.status, late.code]).toEqual([429, 'TOO_MANY_REQUESTS']);
		expect((await guest.ask('GET', '/api/session')).code).toBe('OK');
	});

	test('are not made by signing out again and again', async () => {
		const own = await start({ accounts: { newGuests: 3 } });
		const guest = await Visit.guest(own);
		const codes: string[] = [];
		for (let i = 0; i < 4; i++)
			codes.push((await guest.ask('POST', '/api/account/sign-out', {})).code);
		expect(codes).toEqual(['OK', 'OK', 'OK', 'UNAUTHENTICATED']);
		expect((await guest.ask('GET', '/api/session')).code).toBe('TOO_MANY_REQUESTS');
	});
});

describe('ACCOUNT-17, A-L12: session cookies', () => {
	const https = { 'x-forwarded-proto': 'https' };

	test('over HTTPS have a name that no page of a sibling domain can set, and take the place of older ones', async () => {
		const own = await start({ http: { trustProxy: true } });
		const old = await Visit.guest(own);
		const { personId } = await old.self();
		const visit = new Visit(own, https);
		visit.hold('parley_session', old.held('parley_session') ?? '');
		const { headers } = await visit.ask('GET', '/api/session');
		const [cookie = ''] = headers.getSetCookie();
		expect(cookie).toMatch(/^__Host-parley_session=.*; Path=\/; /);
		expect(cookie).toContain('Secure');
		expect(cookie).not.toContain('Domain');
		visit.forget('parley_session');
		expect((await visit.self()).personId).toBe(personId);
		// One that somebody planted under the old name changes nothing.
		const planted = await Visit.guest(own);
		visit.hold('parley_session', planted.held('parley_session') ?? '');
		expect((await visit.self()).personId).toBe(personId);
	});

	test('over HTTPS are worth nothing under the old name', async () => {
		const own = await start({ http: { trustProxy: true } });
		const attacker = await Visit.guest(own, https);
		const victim = new Visit(own, https);
		victim.hold('parley_session', attacker.held('__Host-parley_session') ?? 'none');
		expect((await victim.ask('GET', '/api/rooms')).code).toBe('UNAUTHENTICATED');
		expect((await attacker.ask('GET', '/api/rooms')).code).toBe('OK');
	});

	test('end when nobody uses them, those of administrators after hours', async () => {
		const { dir } = (await testConfig()).data;
		const own = await start({ data: { dir }, accounts: { administrators: [boss], idleDays: 30 } });
		const sessions = new SessionCookies(loadSecret(dir));
		const hour = 60 * 60 * 1000;
		const codeAfter = async (visit: Visit, hours: number, path = '/api/rooms') => {
			const identity = sessions.identify(visit.cookie);
			if (!identity) throw new Error('there is no session');
			const aged = new Visit(own);
			const cookie = sessions.issue({ secure: false }, identity, Date.now() - hours * hour);
			aged.hold('parley_session', /=([^;]*)/.exec(cookie)?.[1] ?? '');
			const answer = await aged.ask('GET', path);
			return answer.code + (answer.headers.getSetCookie().length > 0 ? ', goes on' : '');
		};
		const admin = await Visit.account(own, boss);
		const account = await Visit.account(own);
		expect(await codeAfter(admin, 11)).toBe('OK');
		expect(await codeAfter(admin, 13)).toBe('UNAUTHENTICATED');
		expect(await codeAfter(admin, 11, '/api/admin/overview')).toBe('OK, goes on');
		expect(await codeAfter(account, 13)).toBe('OK');
		expect(await codeAfter(account, 29 * 24)).toBe('OK');
		expect(await codeAfter(account, 31 * 24)).toBe('UNAUTHENTICATED');
	});
});

test('ACCOUNT-18, A-L6: nobody is announced as host before it is kept, and nobody takes the place of the first one', async () => {
	const { dir } = (await testConfig()).data;
	const own = await start({ data: { dir } });
	const roomId = newRoomId();
	const client = await TestClient.connect(own);
	const guest = await Visit.guest(own);
	const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId });
	// Another program writes: the store waits for it, and gives up after five seconds.
	const other = new DatabaseSync(join(dir, 'parley.sqlite'), { timeout: 5_000 });
	other.exec('begin immediate');
	const { you } = await client.ask('room:join', {
		...{ roomId, name: 'First', rtpCapabilities: routerRtpCapabilities },
		firstPage: { videos: 0, width: 0, height: 0 },
	});
	expect(you.role).toBe('member');
	expect(await client.codeOf('host:policy', { locked: true })).toBe('NOT_ALLOWED');
	await new Promise((resolve) => setTimeout(resolve, 5_500));
	other.exec('rollback');
	other.close();
	const entered = await guest.ask<{ you: { role: string } }>(
		'POST',
		`/api/rooms/${roomId}/members`,
		{
			name: 'Second',
		},
	);
	expect(entered.data.you.role).toBe('member');
	await client.until(
		'peer:updated',
		({ peerId, role }) => peerId === you.peerId && role === 'host',
	);
	expect(await client.codeOf('host:policy', { locked: true })).toBe('OK');
	client.close();
});

test('ACCOUNT-15: whoever connects in the moment of a suspension is out, too', async () => {
	const own = await start({ accounts: { administrators: [boss] } });
	const admin = await Visit.account(own, boss);
	for (let i = 0; i < 10; i++) {
		const guest = await Visit.guest(own);
		const { cookie } = guest;
		const { personId } = await guest.self();
		const connecting = Array.from({ length: 6 }, () => TestClient.connect(own, { cookie }));
		const decision = { action: 'suspend', words: '', until: Date.now() + 60_000 };
		expect((await admin.ask('POST', `/api/admin/people/${personId}`, decision)).code).toBe('OK');
		for (const connected of await Promise.allSettled(connecting)) {
			if (connected.status === 'rejected') continue;
			await connected.value.until('session:ended', ({ code }) => code === 'SUSPENDED');
		}
	}
});

describe('A-L11: a token of the site', () => {
	test.each<[string, Record<string, unknown>, string]>([
		['for this server and of this site', {}, 'OK'],
		['for several servers', { aud: ['https://other.example', 'https://meet.example'] }, 'OK'],
		['for another server', { aud: 'https://other.example' }, 'BAD_TOKEN'],
		['for no server', { aud: undefined }, 'BAD_TOKEN'],
		['of another site', { iss: 'other' }, 'BAD_TOKEN'],
	])('ACCOUNT-9: %s is answered as it should be', async (_what, more, code) => {
		const own = await start({
			embed: { secret, audience: 'https://meet.example', issuer: 'site' },
		});
		const claims = { aud: 'https://meet.example', iss: 'site', ...more };
		expect((await sent(newRoomId(), claims, own)).code).toBe(code);
	});

	test('ACCOUNT-9: may end at a fraction of a second, and at no number that is none', async () => {
		expect((await sent(newRoomId(), { exp: now() + 300.00017 })).code).toBe('OK');
		for (const exp of [1e300, -1, 8.7e15])
			expect((await sent(newRoomId(), { exp })).code).toMatch(/^(?:BAD_TOKEN|TOKEN_EXPIRED)$/);
	});
});

test('LOBBY-1, A-L1: a room that has nobody in it answers like one that never was, but for what its hosts decided', async () => {
	const host = await cast.connect();
	const lobbyOf = async (roomId: RoomId) => {
		const visitor = await cast.connect();
		const { room, admission } = await visitor.ask('lobby:enter', { roomId });
		visitor.close();
		return { policy: room.policy, admission };
	};
	const { roomId } = cast;
	await host.join(roomId, 'Host');
	await host.ask('room:leave', {});
	expect(await lobbyOf(roomId)).toEqual(await lobbyOf(newRoomId()));
	await host.join(roomId, 'Host');
	await host.ask('host:policy', { locked: true });
	await host.ask('room:leave', {});
	expect(await lobbyOf(roomId)).toMatchObject({ policy: { locked: true }, admission: 'locked' });
});
