import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newRoomId, newSessionId, newTokenId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { hashOf, newSecret } from '../../sfu/people/identity/tokenSecret.ts';
import { openStore } from '../../sfu/store/worker/openStore.ts';
import type { TokenInfo } from '../../sfu/store/api/store.ts';
import { pino } from 'pino';
import { eventually, TestClient } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

let service: Service;
let dataDir: string;
let person: Person;
beforeAll(async () => {
	({ dir: dataDir } = (await testConfig()).data);
	service = await startService({ data: { dir: dataDir } });
});
afterAll(() => service.close());
beforeEach(async () => {
	person = await Person.guest(service);
});

const day = 24 * 60 * 60 * 1000;
const make = async (body: unknown) => {
	const reply = await person.ask('POST', '/api/tokens', { body });
	return { ...reply, ...(reply.data as { token: TokenInfo; secret: string }) };
};
const list = async () =>
	((await person.ask('GET', '/api/tokens')).data as { tokens: TokenInfo[] }).tokens;
/** How a request with this secret is answered. */
const statusWith = async (authorization: string, headers: Record<string, string> = {}) =>
	(await fetch(`${service.url}/api/rooms`, { headers: { authorization, ...headers } })).status;

describe('a token', () => {
	test('is made with a name, and its secret is told once', async () => {
		const { status, token, secret } = await make({ name: ' My script ', days: 30 });
		expect(status).toBe(200);
		expect(secret).toMatch(/^parley_[A-Za-z0-9_-]{43}$/);
		expect(token).toMatchObject({ name: 'My script', usedAt: null });
		expect(token.expiresAt).toBe(token.madeAt + 30 * day);
		expect(await list()).toEqual([token]);
		expect(JSON.stringify(await list())).not.toContain(secret);
	});

	test('acts for the person who made it', async () => {
		const roomId = newRoomId();
		await person.enter(roomId, 'Person');
		const script = await person.withToken();
		expect((await script.ask('GET', `/api/rooms/${roomId}`)).data).toMatchObject({
			you: { personId: person.id, name: 'Person' },
		});
		expect((await list())[0]?.usedAt).toBeTypeOf('number');
		const { fileId } = await script.upload(roomId, 'by a script');
		expect(await person.download(fileId)).toBe(200);
	});

	test.each([
		['it is revoked', (tokenId: string) => person.ask('DELETE', `/api/tokens/${tokenId}`)],
		[
			'its person signs out everywhere',
			() => person.ask('POST', '/api/account/sign-out', { body: { everywhere: true } }),
		],
	])('ACCOUNT-11: waits for no message any more once %s', async (_what, end) => {
		const roomId = newRoomId();
		await person.enter(roomId, 'Person');
		const script = await person.withToken();
		const wait = `/api/rooms/${roomId}/messages?after=0&wait=30`;
		const waiting = script.ask('GET', wait);
		await eventually(() => service.app.polls.waiting === 1);
		const [token] = await list();
		expect((await end(token?.tokenId ?? '')).status).toBe(200);
		expect((await waiting).data).toMatchObject({ messages: [] });
		expect((await script.ask('GET', wait)).status).toBe(401);
	});

	test('is worth nothing once it is revoked', async () => {
		const { token, secret } = await make({ name: 'x' });
		expect(await statusWith(`Bearer ${secret}`)).toBe(200);
		expect((await person.ask('DELETE', `/api/tokens/${token.tokenId}`)).status).toBe(200);
		expect(await statusWith(`Bearer ${secret}`)).toBe(401);
		expect((await person.ask('DELETE', `/api/tokens/${token.tokenId}`)).status).toBe(404);
		expect(await list()).toEqual([]);
	});

	test('is worth nothing after its last day', async () => {
		const store = await openStore({ dir: dataDir, databaseUrl: '' }, pino({ level: 'silent' }));
		const [secret, now] = [newSecret(), Date.now()];
		const info = {
			...{ tokenId: newTokenId(), name: 'old', madeAt: now - 2 * day, usedAt: null },
			scope: 'write' as const,
		};
		await store.tokens.add(
			person.id,
			{ ...info, expiresAt: now - 1 },
			hashOf(secret),
			newSessionId(),
		);
		const lasting = newSecret();
		await store.tokens.add(
			person.id,
			{ ...info, tokenId: newTokenId(), expiresAt: now + day },
			hashOf(lasting),
			newSessionId(),
		);
		await store.close();
		expect(await statusWith(`Bearer ${lasting}`)).toBe(200);
		expect(await statusWith(`Bearer ${secret}`)).toBe(401);
	});

	test('is nobody else’s to revoke', async () => {
		const { token, secret } = await make({ name: 'x' });
		const other = await Person.guest(service);
		expect((await other.ask('DELETE', `/api/tokens/${token.tokenId}`)).status).toBe(404);
		expect(await statusWith(`Bearer ${secret}`)).toBe(200);
	});

	test('cannot make, list or revoke tokens', async () => {
		const { token } = await make({ name: 'x' });
		const script = await person.withToken();
		const refused = { status: 403, error: { code: 'NOT_ALLOWED' } };
		expect(await script.ask('POST', '/api/tokens', { body: { name: 'y' } })).toMatchObject(refused);
		expect(await script.ask('GET', '/api/tokens')).toMatchObject(refused);
		expect(await script.ask('DELETE', `/api/tokens/${token.tokenId}`)).toMatchObject(refused);
	});

	test('opens no socket', async () => {
		const { authorization = '' } = (await person.withToken()).proof;
		await expect(
			TestClient.connect(service, { cookie: 'none=1', headers: { authorization } }),
		).rejects.toMatchObject({ data: { code: 'UNAUTHENTICATED' } });
	});

	test('is not made by a page of another origin', async () => {
		const asked = { body: { name: 'x' }, headers: { origin: 'https://evil.example' } };
		expect((await person.ask('POST', '/api/tokens', asked)).error?.code).toBe('NOT_ALLOWED');
		asked.headers.origin = 'null';
		expect((await person.ask('POST', '/api/tokens', asked)).error?.code).toBe('NOT_ALLOWED');
		asked.headers.origin = service.url;
		expect((await person.ask('POST', '/api/tokens', asked)).status).toBe(200);
	});

	test.each([
		[{}],
		[{ name: '' }],
		[{ name: 'x'.repeat(limits.tokenNameLength + 1) }],
		[{ name: 'right\u202Eleft' }],
		[{ name: { toString: 1 } }],
		[{ name: 'x', days: 0 }],
		[{ name: 'x', days: 1.5 }],
		[{ name: 'x', days: 1e9 }],
		[[]],
		['x'],
	])('is not made of %j', async (body) => {
		expect(await make(body)).toMatchObject({ status: 400, error: { code: 'BAD_REQUEST' } });
	});

	test('is one of as many as a person may have', async () => {
		for (let i = 0; i < limits.tokensPerPerson; i++)
			expect((await make({ name: `${i}` })).status).toBe(200);
		expect(await make({ name: 'more' })).toMatchObject({
			status: 409,
			error: { code: 'LIMIT_REACHED' },
		});
	});
});

describe('what is no token', () => {
	test.each([
		['nothing', 'Bearer'],
		['nothing after a blank', 'Bearer '],
		['something else', 'Bearer abc'],
		['a secret nobody has', `Bearer ${newSecret()}`],
		['the hash of one', `Bearer ${hashOf(newSecret())}`],
	])('is refused, even with a cookie: %s', async (_what, authorization) => {
		expect(await statusWith(authorization, person.proof)).toBe(401);
	});

	test('but was meant for a proxy in front is none of our business', async () => {
		expect(await statusWith('Basic eDp5', person.proof)).toBe(200);
	});
});

test('a person may ask only so often, and nobody else notices', async () => {
	const other = await Person.guest(service);
	const statuses = await Promise.all(
		Array.from({ length: 400 }, async () => (await person.fetch('/api/tokens')).status),
	);
	expect(new Set(statuses)).toEqual(new Set([200, 429]));
	expect((await other.ask('GET', '/api/tokens')).status).toBe(200);
});

test('HTTP-8, A-M2: wrong tokens of one network are few, and do not count for those that are right', async () => {
	// Last, because all of these tests come from one address.
	const script = await person.withToken();
	const statuses: number[] = [];
	for (let i = 0; i < 30; i++) statuses.push(await statusWith(`Bearer ${newSecret()}`));
	expect(statuses).toContain(401);
	expect(statuses.at(-1)).toBe(429);
	expect((await script.fetch('/api/rooms')).status).toBe(200);
	const refused = await fetch(`${service.url}/api/rooms`, {
		headers: { authorization: `Bearer ${newSecret()}` },
	});
	expect(refused.status).toBe(429);
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
	// Cookies cannot be guessed at that way.
	expect((await person.fetch('/api/rooms')).status).toBe(200);
});
