import { expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { type Cast, eventually, TestClient } from '../support/client.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on), { http: { origins: ['https://friends.example'] } });

test.each([
	['no cookie', ''],
	['a made-up cookie', 'parley_session=AAAAAAAAAAAAAAAAAAAAAA.1700000000.AAAA'],
	['another name', 'session=AAAAAAAAAAAAAAAAAAAAAA'],
])('CONN-1: a socket with %s is refused with UNAUTHENTICATED', async (_what, cookie) => {
	await expect(cast.connect({ cookie })).rejects.toMatchObject({
		data: { code: 'UNAUTHENTICATED' },
	});
});

test('CONN-1: a cookie whose person was changed is refused', async () => {
	const { cookie } = await cast.connect();
	const forged = cookie.replace(/=./, (start) => (start === '=A' ? '=B' : '=A'));
	await expect(cast.connect({ cookie: forged })).rejects.toMatchObject({
		data: { code: 'UNAUTHENTICATED' },
	});
});

test.each([
	['another site', 'https://evil.example', false],
	['a page without origin', 'null', false],
	['our own pages', 'own', true],
	['an origin that the configuration names', 'https://friends.example', true],
])('CONN-2: the socket of %s', async (_what, origin, let_in) => {
	const headers = { origin: origin === 'own' ? service.url : origin };
	const attempt = cast.connect({ headers });
	if (let_in) expect((await attempt).socket.connected).toBe(true);
	else await expect(attempt).rejects.toThrow();
});

test('CONN-3: a request without a callback is not carried out', async () => {
	const client = await cast.connect();
	client.socket.emit('lobby:enter', { roomId: cast.roomId }, undefined as never);
	expect(await client.codeOf('room:leave', {})).toBe('WRONG_PHASE');
});

test('CONN-4: keys that the schema does not name are ignored', async () => {
	const client = await cast.connect();
	const hostile = JSON.parse(
		`{"roomId":"${cast.roomId}","extra":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
	);
	expect(await client.codeOf('lobby:enter', hostile)).toBe('OK');
	expect('polluted' in {}).toBe(false);
});

test.each(['lobby:leave', 'constructor', '__proto__', 'toString', '', 'disconnecting '])(
	'CONN-4: the unknown request %j is answered UNKNOWN_REQUEST',
	async (name) => {
		const client = await cast.connect();
		expect(await client.codeOf(name, {})).toBe('UNKNOWN_REQUEST');
	},
);

test('CONN-5: a packet beyond the socket limit closes the connection and harms nobody', async () => {
	const [client, bystander] = [await cast.connect(), await cast.connect()];
	client.socket.emit('lobby:enter', { roomId: 'x'.repeat(2 * 1024 * 1024) }, () => undefined);
	await eventually(() => client.socket.disconnected);
	expect(await bystander.codeOf('lobby:enter', { roomId: cast.roomId })).toBe('OK');
});

test('CONN-6: a flood is answered TOO_MANY_REQUESTS and a bystander does not notice', async () => {
	const [client, bystander] = [await cast.connect(), await cast.connect()];
	const answers = Array.from({ length: 1000 }, () => client.codeOf('room:leave', {}));
	expect(await bystander.codeOf('lobby:enter', { roomId: cast.roomId })).toBe('OK');
	const codes = await Promise.all(answers);
	expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS').length).toBeGreaterThan(500);
	expect(codes[0]).toBe('WRONG_PHASE');
	expect(client.socket.connected).toBe(true);
});

test('CONN-6: one person cannot hold sockets without end', async () => {
	const { cookie } = await cast.connect();
	const attempts = await Promise.allSettled(
		Array.from({ length: 40 }, () => cast.connect({ cookie })),
	);
	const refused = attempts.filter((attempt) => attempt.status === 'rejected');
	expect(refused.length).toBeGreaterThan(0);
	expect(refused[0]?.reason).toMatchObject({ data: { code: 'TOO_MANY_TABS' } });
	expect((await cast.connect()).socket.connected).toBe(true);
});

test('CONN-7: requests sent without waiting are carried out in order', async () => {
	const client = await cast.connect();
	const codes = await Promise.all([
		client.codeOf('room:leave', {}),
		client.codeOf('lobby:enter', { roomId: cast.roomId }),
		client.codeOf('room:leave', {}),
		client.codeOf('room:leave', {}),
	]);
	expect(codes).toEqual(['WRONG_PHASE', 'OK', 'OK', 'WRONG_PHASE']);
});

test('CONN-8: what nobody foresaw is answered INTERNAL without detail', async () => {
	const client = await cast.connect();
	const { rooms } = service.app;
	const acquire = rooms.acquire.bind(rooms);
	rooms.acquire = () => Promise.reject(new Error('secret detail'));
	try {
		const answer = await client.raw('lobby:enter', { roomId: newRoomId() });
		expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
		expect(JSON.stringify(answer)).not.toContain('secret');
	} finally {
		rooms.acquire = acquire;
	}
	expect(await client.codeOf('lobby:enter', { roomId: cast.roomId })).toBe('OK');
});

test('CONN-1: a session is given with the first page and by the session request', async () => {
	const response = await fetch(`${service.url}/api/session`);
	const header = response.headers.get('set-cookie') ?? '';
	expect(header).toMatch(/^parley_session=/);
	expect(header).toContain('HttpOnly');
	expect(header).toContain('SameSite=Lax');
	const cookie = header.split(';')[0] ?? '';
	const again = await fetch(`${service.url}/api/session`, { headers: { cookie } });
	expect((await again.json()).data).toEqual((await response.json()).data);
	const client = await TestClient.connect(service, { cookie });
	client.close();
});
