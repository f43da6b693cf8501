import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT, UnsecuredJWT } from 'jose';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp, type App } from '../../sfu/app.ts';
import { newRoomId, type RoomId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { Cast } from '../support/client.ts';
import { startService, testConfig, type Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

const secret = 'a secret of the tests, which is long enough';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

let service: Service;
let cast: Cast;
let roomId: RoomId;
withService((on) => ({ service, cast } = on), {
	embed: { secret, publicKey: pem, frameAncestors: ['https://site.example'] },
});
beforeEach(() => {
	roomId = newRoomId();
});

type Claims = Record<string, unknown>;
const now = () => Math.floor(Date.now() / 1000);

/** The claims of a good token, with changes. */
const claims = (more: Claims = {}): Claims => ({
	...{ room: roomId, name: 'Ada', sub: crypto.randomUUID(), exp: now() + 300 },
	...{ jti: crypto.randomUUID(), ...more },
});

const signed = (given: Claims = claims(), key: string = secret, alg = 'HS256'): Promise<string> =>
	new SignJWT(given).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));

async function enter(visit: Visit, token: string, room: string = roomId) {
	const body = { token, roomId: room, framed: false };
	return visit.ask<{ personId: string; name: string }>('POST', '/api/session/token', body);
}

describe('ACCOUNT-9: a token of another application', () => {
	test('lets its holder in, as the person whom the site calls so', async () => {
		const [visit, sub] = [await Visit.guest(service), crypto.randomUUID()];
		const { data, code, headers } = await enter(visit, await signed(claims({ sub, host: true })));
		expect(code).toBe('OK');
		expect(data.name).toBe('Ada');
		expect(headers.getSetCookie()[0]).toContain('SameSite=Lax');
		expect(await visit.self()).toMatchObject({ personId: data.personId, roomId, account: null });
		const client = await cast.connect({ cookie: visit.cookie });
		const joined = await client.join(roomId, data.name);
		expect(joined.you).toMatchObject({ personId: data.personId, role: 'host' });
		// Again, from another browser.
		const other = await Visit.guest(service);
		const again = await enter(other, await signed(claims({ sub })));
		expect(again.data.personId).toBe(data.personId);
		const stranger = await enter(await Visit.guest(service), await signed());
		expect(stranger.data.personId).not.toBe(data.personId);
	});

	test('makes a host of whoever the site says, and not of whoever comes first', async () => {
		const [first, second] = [new Visit(service), new Visit(service)];
		await enter(first, await signed());
		await enter(second, await signed(claims({ host: true })));
		const guest = await cast.connect({ cookie: first.cookie });
		expect((await guest.join(roomId, 'First')).you.role).toBe('member');
		const host = await cast.connect({ cookie: second.cookie });
		expect((await host.join(roomId, 'Second')).you.role).toBe('host');
	});

	test('may be signed by a key of which we know the public half', async () => {
		const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
		expect((await enter(new Visit(service), token)).code).toBe('OK');
	});

	test('counts once, also at the same moment', async () => {
		const token = await signed();
		const codes = await Promise.all(
			Array.from({ length: 5 }, async () => (await enter(new Visit(service), token)).code),
		);
		expect(codes.filter((code) => code === 'OK')).toHaveLength(1);
		expect(codes.filter((code) => code === 'TOKEN_USED')).toHaveLength(4);
	});

	const tampered = (token: string) => {
		const [head = '', , signature = ''] = token.split('.');
		const body = Buffer.from(JSON.stringify(claims({ host: true }))).toString('base64url');
		return `${head}.${body}.${signature}`;
	};
	test.each<[string, string, () => Promise<string> | string]>([
		['expired', 'TOKEN_EXPIRED', () => signed(claims({ exp: now() - 60 }))],
		['good for too long', 'BAD_TOKEN', () => signed(claims({ exp: now() + 2 * 86_400 }))],
		['without an end', 'BAD_CLAIM', () => signed(claims({ exp: undefined }))],
		['without an id', 'BAD_CLAIM', () => signed(claims({ jti: undefined }))],
		['without a subject', 'BAD_CLAIM', () => signed(claims({ sub: undefined }))],
		['for an odd subject', 'BAD_CLAIM', () => signed(claims({ sub: 'a\0b' }))],
		['for a long subject', 'BAD_CLAIM', () => signed(claims({ sub: 'x'.repeat(257) }))],
		['with a subject that is no text', 'BAD_CLAIM', () => signed(claims({ sub: { $ne: 1 } }))],
		['without a name', 'BAD_CLAIM', () => signed(claims({ name: ' ' }))],
		['for another room', 'BAD_TOKEN', () => signed(claims({ room: newRoomId() }))],
		['not yet valid', 'TOKEN_TOO_EARLY', () => signed(claims({ nbf: now() + 600 }))],
		['of another secret', 'BAD_TOKEN', () => signed(claims(), `${secret}!`)],
		['of another algorithm', 'BAD_TOKEN', () => signed(claims(), secret, 'HS512')],
		['unsigned', 'BAD_TOKEN', () => new UnsecuredJWT(claims()).encode()],
		['with the public key for a secret', 'BAD_TOKEN', () => signed(claims(), pem)],
		['changed', 'BAD_TOKEN', async () => tampered(await signed())],
		['none', 'BAD_TOKEN', () => 'nonsense'],
		['nothing', 'BAD_TOKEN', () => ''],
	])('that is %s is answered %s', async (_what, code, token) => {
		const visit = await Visit.guest(service);
		const { personId } = await visit.self();
		expect((await enter(visit, await token())).code).toBe(code);
		expect((await visit.self()).personId).toBe(personId);
	});

	test.each([
		['of 70 letters', 'A'.repeat(70), 'A'.repeat(64)],
		['with a left-to-right mark', '\u200EAda', 'Ada'],
		['with a soft hyphen', 'Ada Love\u00ADlace', 'Ada Lovelace'],
		['with a tab', 'Ada\tLovelace', 'Ada Lovelace'],
		['with a joiner', 'می\u200Cخواهم', 'می\u200Cخواهم'],
	])('B-8: lets a person in whose name is %s', async (_what, name, shown) => {
		const { code, data } = await enter(await Visit.guest(service), await signed(claims({ name })));
		expect({ code, name: data.name }).toEqual({ code: 'OK', name: shown });
	});

	test('is not taken from a page of another origin', async () => {
		const body = { token: await signed(), roomId, framed: false };
		const evil = { origin: 'https://evil.example' };
		const answer = await new Visit(service).ask('POST', '/api/session/token', body, evil);
		expect(answer.code).toBe('NOT_ALLOWED');
	});

	test('is worth nothing where the operator set no secret', async () => {
		const plain = await startService();
		const visit = new Visit(plain);
		expect((await enter(visit, await signed())).code).toBe('BAD_TOKEN');
		expect((await enter(visit, await signed(claims(), ' '))).code).toBe('BAD_TOKEN');
		await plain.close();
	});
});

describe('ACCOUNT-9, B-20: a token that the site has signed, with a fault', () => {
	const lines: string[] = [];
	let app: App;
	let url: string;
	beforeAll(async () => {
		const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
		app = await createApp(await testConfig({ embed: { secret } }), log, { lan: false });
		url = `http://127.0.0.1:${await app.listen()}`;
	});
	afterAll(() => app.close());

	test.each<[string, Claims, string, RegExp]>([
		['whose nbf is a minute ahead', { nbf: now() + 60 }, 'TOKEN_TOO_EARLY', /clocks/],
		['whose exp is a text', { exp: 'soon' }, 'BAD_CLAIM', /"exp" .* is not a number of seconds/],
		['whose nbf is a text', { nbf: 'now' }, 'BAD_CLAIM', /"nbf" .* is not a number of seconds/],
		['whose sub is a number', { sub: 17 }, 'BAD_CLAIM', /"sub" .* is not a text/],
		['without jti', { jti: undefined }, 'BAD_CLAIM', /"jti" .* is missing/],
		['without room', { room: undefined }, 'BAD_CLAIM', /"room" .* is missing/],
		['whose host is a text', { host: 'true' }, 'BAD_CLAIM', /"host" .* is not true or false/],
	])('%s is answered with a reason, which is in the log, too', async (...row) => {
		const [, more, code, reason] = row;
		lines.length = 0;
		const visit = new Visit({ url });
		const token = await signed(claims(more));
		const refused = await enter(visit, token);
		// Anybody could make a token with another signature.
		await enter(visit, await signed(claims(more), `${secret}!`));
		expect(refused.code).toBe(code);
		expect(refused.error?.message).toMatch(reason);
		const said = lines.filter((line) => line.includes('refused a token of the site'));
		expect(said).toEqual([expect.stringContaining(code)]);
		expect(JSON.parse(said[0] ?? '')).toMatchObject({ code, msg: expect.stringMatching(reason) });
		expect(said.join()).not.toContain(token);
	});
});

describe('ACCOUNT-10: such a session', () => {
	test('is for that room alone', async () => {
		const visit = await Visit.guest(service);
		await enter(visit, await signed());
		const client = await cast.connect({ cookie: visit.cookie });
		await client.join(roomId, 'Ada');
		const elsewhere = newRoomId();
		expect(await client.codeOf('chat:enter', { roomId: elsewhere, name: 'Ada' })).toBe(
			'NOT_ALLOWED',
		);
		expect(await client.codeOf('lobby:enter', { roomId: elsewhere })).toBe('NOT_ALLOWED');
		expect(await client.codeOf('people:open', {})).toBe('NOT_ALLOWED');
		expect((await visit.ask('GET', `/api/rooms/${roomId}`)).code).toBe('OK');
		for (const path of [`/api/rooms/${elsewhere}`, '/api/rooms', '/api/tokens', '/api/account'])
			expect((await visit.ask('GET', path)).code).toBe('NOT_ALLOWED');
		const body = { userName: 'somebody', password: 'correct horse battery' };
		expect((await visit.ask('POST', '/api/account/sign-up', body)).code).toBe('NOT_ALLOWED');
	});

	test('ends with another page, and then one is who one was before', async () => {
		const visit = await Visit.guest(service);
		const before = await visit.self();
		const html = { headers: { accept: 'text/html' } };
		await enter(visit, await signed());
		await visit.fetch(`/room/${roomId}`, html);
		await visit.fetch('/favicon.svg', { headers: { accept: '*/*' } });
		expect((await visit.self()).roomId).toBe(roomId);
		await visit.fetch('/settings', html);
		expect(await visit.self()).toMatchObject({ roomId: null, personId: before.personId });
		expect(visit.held('parley_own')).toBeUndefined();
		// Who was nobody before is somebody new.
		const stranger = new Visit(service);
		const { data } = await enter(stranger, await signed());
		await stranger.fetch('/', html);
		const after = await stranger.self();
		expect(after.roomId).toBeNull();
		expect(after.personId).not.toBe(data.personId);
	});

	test('has a cookie that other sites’ frames keep, over HTTPS', async () => {
		const secure = await startService({ embed: { secret }, http: { trustProxy: true } });
		const visit = new Visit(secure, { 'x-forwarded-proto': 'https' });
		const body = { token: await signed(), roomId, framed: true };
		const { headers } = await visit.ask('POST', '/api/session/token', body);
		for (const part of ['Secure', 'SameSite=None', 'Partitioned'])
			expect(headers.getSetCookie()[0]).toContain(part);
		await secure.close();
	});
});

describe('B-30, ACCOUNT-25: a visit in one tab, and the person’s own pages in another', () => {
	/** What a browser sends with the requests of its page. */
	const from = (path: string) => ({ referer: service.url + path });
	const visiting = (room: string = roomId) => from(`/room/${room}?visit=`);
	const html = { headers: { accept: 'text/html' } };
	afterEach(() => void vi.useRealTimers());

	async function begin(browser: Visit, more: Claims = {}, room = roomId): Promise<string> {
		const token = await signed(claims({ room, ...more }));
		const body = { token, roomId: room, framed: false };
		const path = '/api/session/token';
		const { data } = await browser.ask<{ personId: string }>('POST', path, body, visiting(room));
		return data.personId;
	}
	const whoIs = async (browser: Visit, headers: Record<string, string>) =>
		(
			await browser.ask<{ personId: string; roomId: string | null }>(
				...(['GET', '/api/session', undefined, headers] as const),
			)
		).data;
	/** Begins an upload of five bytes. */
	const upload = (browser: Visit, room: string, headers: Record<string, string>) =>
		browser.fetch('/api/files', {
			method: 'POST',
			headers: {
				...{ 'tus-resumable': '1.0.0', 'upload-length': '5', ...headers },
				'upload-metadata': `roomId ${btoa(room)},filename ${btoa('x.txt')},filetype ${btoa('text/plain')}`,
			},
		});

	test('both go on: sockets, uploads, files and reloads are each one’s own', async () => {
		const browser = await Visit.account(service);
		const own = (await browser.self()).personId;
		const visitor = await begin(browser);
		expect(visitor).not.toBe(own);
		const client = await cast.connect({ cookie: browser.cookie, visit: roomId });
		expect((await client.join(roomId, 'Ada')).you.personId).toBe(visitor);
		expect(await client.codeOf('chat:enter', { roomId, name: 'Ada' })).toBe('OK');

		await browser.fetch('/settings', { headers: { ...html.headers, ...visiting() } });
		const tab = await cast.connect({ cookie: browser.cookie });
		expect((await tab.join(newRoomId(), 'Own')).you.personId).toBe(own);
		expect(await whoIs(browser, from('/settings'))).toMatchObject({ personId: own, roomId: null });
		expect((await browser.ask('GET', '/api/account', undefined, from('/'))).code).toBe('OK');

		// The tab of the visit is reloaded.
		await browser.fetch(`/room/${roomId}?visit=`, html);
		expect(await whoIs(browser, visiting())).toMatchObject({ personId: visitor, roomId });
		const sent = await upload(browser, roomId, visiting());
		expect(sent.status).toBe(201);
		const address = sent.headers.get('location') ?? '';
		const piece = { 'tus-resumable': '1.0.0', 'upload-offset': '0' };
		await browser.fetch(address, {
			method: 'PATCH',
			body: 'hello',
			headers: { ...piece, 'content-type': 'application/offset+octet-stream', ...visiting() },
		});
		const shown = await browser.fetch(address, { headers: visiting() });
		expect([shown.status, await shown.text()]).toEqual([200, 'hello']);
		expect((await browser.fetch(address, { headers: from('/settings') })).status).toBe(404);
		const again = await cast.connect({ cookie: browser.cookie, visit: roomId });
		expect((await again.join(roomId, 'Ada')).you.personId).toBe(visitor);
	});

	test('the person’s own tab of the same room stays their own', async () => {
		const browser = await Visit.guest(service);
		const own = (await browser.self()).personId;
		const visitor = await begin(browser);
		expect((await whoIs(browser, from(`/room/${roomId}`))).personId).toBe(own);
		expect((await whoIs(browser, from(`/room/${roomId}/chat?visit=`))).personId).toBe(visitor);
		expect((await upload(browser, roomId, from(`/room/${roomId}`))).status).toBe(403);
	});

	test('signing out ends the one session and leaves the other', async () => {
		const browser = await Visit.account(service);
		const visitor = await begin(browser);
		const client = await cast.connect({ cookie: browser.cookie, visit: roomId });
		const out = '/api/account/sign-out';
		expect((await browser.ask('POST', out, {}, visiting())).code).toBe('NOT_ALLOWED');
		expect(await whoIs(browser, from('/'))).toHaveProperty('account.userName');
		expect((await browser.ask('POST', out, {}, from('/settings'))).code).toBe('OK');
		expect(await whoIs(browser, from('/'))).toMatchObject({ account: null });
		expect((await client.join(roomId, 'Ada')).you.personId).toBe(visitor);
		expect((await whoIs(browser, visiting())).personId).toBe(visitor);
	});

	test('two visits are two people, each in its room alone', async () => {
		const [browser, elsewhere] = [await Visit.guest(service), newRoomId()];
		const [here, there] = [await begin(browser), await begin(browser, {}, elsewhere)];
		expect(here).not.toBe(there);
		expect((await whoIs(browser, visiting())).personId).toBe(here);
		expect((await whoIs(browser, visiting(elsewhere))).personId).toBe(there);
		for (const path of [`/api/rooms/${elsewhere}`, '/api/rooms', '/api/tokens', '/api/account'])
			expect((await browser.ask('GET', path, undefined, visiting())).code).toBe('NOT_ALLOWED');
		expect((await upload(browser, elsewhere, visiting())).status).toBe(403);
		const client = await cast.connect({ cookie: browser.cookie, visit: roomId });
		const input = { roomId: elsewhere, name: 'Ada' };
		expect(await client.codeOf('chat:enter', input)).toBe('NOT_ALLOWED');
	});

	test('a cookie under the name of another room or of the session is worth nothing', async () => {
		const [browser, elsewhere] = [await Visit.guest(service), newRoomId()];
		const own = (await browser.self()).personId;
		await begin(browser);
		const value = browser.held(`parley_visit_${roomId}`) ?? '';
		browser.hold(`parley_visit_${elsewhere}`, value);
		expect((await whoIs(browser, visiting(elsewhere))).personId).toBe(own);
		// The person's own session is no visit either.
		browser.hold(`parley_visit_${roomId}`, browser.held('parley_session') ?? '');
		expect((await whoIs(browser, visiting())).personId).toBe(own);
		browser.hold('parley_session', value);
		const refused = await browser.ask('GET', '/api/rooms', undefined, from('/'));
		expect(refused.code).toBe('UNAUTHENTICATED');
	});

	test('a socket whose visit is over is closed, and does not become the person’s own', async () => {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
		const on = await startService({ embed: { secret } });
		const crowd = new Cast(on);
		try {
			const browser = await Visit.guest(on);
			await begin(browser);
			const client = await crowd.connect({ cookie: browser.cookie, visit: roomId });
			vi.setSystemTime(Date.now() + 12 * 60 * 60 * 1000);
			await vi.advanceTimersByTimeAsync(130_000);
			expect(await client.until('session:ended')).toMatchObject({ code: 'SIGNED_OUT' });
		} finally {
			crowd.close();
			await on.close();
		}
	});

	test('a browser remembers the eight latest visits', async () => {
		const browser = await Visit.guest(service);
		const rooms = Array.from({ length: 10 }, () => newRoomId());
		for (const room of rooms) await begin(browser, {}, room);
		const held = rooms.filter((room) => browser.held(`parley_visit_${room}`) !== undefined);
		expect(held).toHaveLength(8);
		expect(held).toContain(rooms[9]);
	});

	test('a frame that keeps no cookie but that of the visit makes no guests', async () => {
		const browser = new Visit(service);
		const visitor = await begin(browser);
		const { headers } = await browser.fetch(`/room/${roomId}?embed=1&visit=`, html);
		expect(headers.getSetCookie()).toEqual([]);
		expect((await whoIs(browser, visiting())).personId).toBe(visitor);
	});
});

test('only rooms are shown within other sites, and only within those that were named', async () => {
	const policyOf = async (path: string) => {
		const { headers } = await fetch(`${service.url}${path}`, { headers: { accept: 'text/html' } });
		return [headers.get('content-security-policy'), headers.get('x-frame-options')];
	};
	const [policy, options] = await policyOf(`/room/${roomId}?embed=1`);
	expect(policy).toContain('frame-ancestors https://site.example');
	expect(options).toBeNull();
	for (const path of ['/', '/login', '/settings', `/room/${roomId}/chat`]) {
		const [other, denied] = await policyOf(path);
		expect(other).toContain("frame-ancestors 'none'");
		expect(denied).toBe('DENY');
	}
});

test('the example of docs/embedding.md makes an address that lets in', async () => {
	const page = readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8');
	const example = /^```js\n(.*?)^```/ms.exec(page)?.[1] ?? '';
	const env = {
		PATH: process.env['PATH'],
		PARLEY: service.url,
		EMBED_SECRET: secret,
		ROOM: roomId,
	};
	const options = { input: example, env, encoding: 'utf8' as const };
	const said = execFileSync(process.execPath, ['--input-type=module', '-'], options);
	const address = new URL(said.trim());
	expect(address.pathname).toBe(`/room/${roomId}`);
	const visit = new Visit(service);
	const { data, code } = await enter(visit, address.searchParams.get('token') ?? '');
	expect(code).toBe('OK');
	expect(data.name).toBe('Ada');
	const client = await cast.connect({ cookie: visit.cookie });
	expect((await client.join(roomId, data.name)).you.role).toBe('host');
});
