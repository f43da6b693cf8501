import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { io } from 'socket.io-client';
import { afterEach, expect, test, vi } from 'vitest';
import { newMessageId, newProducerId, newRoomId } from '../../shared/ids.ts';
import { protocolVersion } from '../../shared/version.ts';
import { Cast, eventually, guestCookie, TestClient } from '../support/client.ts';
import { RawConnection } from '../support/rawConnection.ts';
import { startService, type Service } from '../support/service.ts';

let service: Service | null = null;
const casts: Cast[] = [];
afterEach(async () => {
	vi.useRealTimers();
	for (const cast of casts.splice(0)) cast.close();
	await service?.close();
	service = null;
});

async function stage(sections: Parameters<typeof startService>[0] = {}): Promise<[Service, Cast]> {
	service = await startService(sections);
	const cast = new Cast(service);
	casts.push(cast);
	return [service, cast];
}

/** What a refused socket was told. */
const refusalOf = (attempt: Promise<unknown>): Promise<unknown> =>
	attempt.then(
		() => 'let in',
		(error: { data?: unknown }) => error.data ?? String(error),
	);

test('A-H2: a socket that does not read is closed, and others read on', async () => {
	const [on, cast] = await stage();
	const writers = await Promise.all(Array.from({ length: 8 }, () => cast.connect()));
	for (const writer of writers)
		await writer.ask('chat:enter', { roomId: cast.roomId, name: 'Writer' });
	const reader = await cast.connect();
	await reader.ask('chat:enter', { roomId: cast.roomId, name: 'Reader' });
	await reader.ask('chat:open', { roomId: cast.roomId });
	const deaf = await RawConnection.enter(on);
	deaf.write(`21["chat:enter",{"roomId":"${cast.roomId}","name":"Deaf"}]`);
	deaf.write(`22["chat:open",{"roomId":"${cast.roomId}"}]`);
	await deaf.until((message) => message.startsWith('32['));
	deaf.deafen();
	const sockets = on.app.census().sockets;
	const body = '語'.repeat(7_900);
	await Promise.all(
		writers.map(async (writer) => {
			for (let count = 0; count < 90 && on.app.census().sockets === sockets; count++)
				await writer.ask('chat:post', {
					...{ chat: { roomId: cast.roomId }, messageId: newMessageId(), draft: { body } },
				});
		}),
	);
	await eventually(() => on.app.census().sockets === sockets - 1);
	const page = { chat: { roomId: cast.roomId }, from: { kind: 'latest' }, limit: 1 } as const;
	const sent = (
		await cast.connect({ cookie: reader.cookie }).then((again) => again.ask('chat:page', page))
	).messages[0]?.seq;
	expect((sent ?? 0) * Buffer.byteLength(body)).toBeGreaterThan(4 * 1024 * 1024);
	const all = () => reader.told('chat:posted').flatMap(({ messages }) => messages);
	await eventually(() => all().some(({ seq }) => seq === sent));
	expect(await reader.codeOf('room:leave', {})).toBe('WRONG_PHASE');
	deaf.close();
});

test('CONN-6, A-M11: answers cost by their size', async () => {
	const [, cast] = await stage();
	const client = await cast.connect();
	await client.ask('chat:enter', { roomId: cast.roomId, name: 'Writer' });
	const chat = { roomId: cast.roomId };
	for (let count = 0; count < 60; count++)
		await client.ask('chat:post', {
			...{ chat, messageId: newMessageId(), draft: { body: 'x'.repeat(7_900) } },
		});
	const reader = await cast.connect({ cookie: (await cast.connect()).cookie });
	await reader.ask('chat:enter', { roomId: cast.roomId, name: 'Reader' });
	const codes = await Promise.all(
		Array.from({ length: 40 }, () =>
			reader.codeOf('chat:page', { chat, from: { kind: 'latest' }, limit: 60 }),
		),
	);
	expect(codes.filter((code) => code === 'OK').length).toBeLessThan(20);
	expect(codes).toContain('TOO_MANY_REQUESTS');
});

test.each([
	[
		'media:want',
		{
			wants: Array.from({ length: 256 }, () => ({
				producerId: newProducerId(),
				width: 1,
				height: 1,
				priority: 1,
			})),
		},
	],
	['media:resume', { consumerIds: Array.from({ length: 256 }, newProducerId) }],
	['media:keyframe', { consumerIds: Array.from({ length: 256 }, newProducerId) }],
])('A-M11: %s costs by how much it names', async (name, input) => {
	const [, cast] = await stage();
	const client = await cast.joined();
	const codes = await Promise.all(Array.from({ length: 40 }, () => client.codeOf(name, input)));
	expect(codes[0]).toBe('OK');
	expect(codes).toContain('TOO_MANY_REQUESTS');
});

test('CONN-12, A-H5: one person holds 32 sockets and no more, however fast they come, and is told why in words', async () => {
	const [on, cast] = await stage();
	const cookie = await guestCookie(on.url);
	const attempts = await Promise.allSettled(
		Array.from({ length: 60 }, () => cast.connect({ cookie })),
	);
	expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(32);
	expect(await refusalOf(cast.connect({ cookie }))).toEqual({
		code: 'TOO_MANY_TABS',
		message: 'Too many tabs are open. Close some.',
	});
	expect((await cast.connect()).socket.connected).toBe(true);
});

test('A-H5: one connection is one socket, however often it says who it is', async () => {
	const [on] = await stage();
	const connection = await RawConnection.open(on);
	for (let count = 0; count < 50; count++) connection.write('0');
	await connection.until((message) => message.startsWith('0{'));
	await Promise.race([connection.closed, connection.until((message) => message.startsWith('44'))]);
	expect(connection.messages.filter((message) => message.startsWith('0{'))).toHaveLength(1);
	connection.close();
	await eventually(() => on.app.census().sockets === 0);
});

test('A-H5: sockets of one network are bounded, whoever they are of, and freed when they close', async () => {
	const [, cast] = await stage({ limits: { socketsPerAddress: 4 } });
	const clients = [];
	for (let count = 0; count < 4; count++) clients.push(await cast.connect());
	expect(await refusalOf(cast.connect())).toMatchObject({
		code: 'TOO_MANY_REQUESTS',
		message: expect.stringContaining('from your network'),
	});
	clients[0]?.close();
	await eventually(async () => (await refusalOf(cast.connect())) === 'let in');
});

test('A-H5: sockets are bounded altogether', async () => {
	const [, cast] = await stage({ limits: { sockets: 4 } });
	for (let count = 0; count < 4; count++) await cast.connect();
	expect(await refusalOf(cast.connect())).toMatchObject({
		code: 'UNAVAILABLE',
		message: expect.stringContaining('Too many people'),
	});
});

test('A-H5: connections that say nothing of themselves are bounded, and closed in seconds', async () => {
	const [on, cast] = await stage({ limits: { socketsPerAddress: 8 } });
	const silent = [
		await RawConnection.open(on),
		await RawConnection.open(on, { transport: 'polling' }),
	];
	await expect(RawConnection.open(on)).rejects.toThrow();
	const refused = await fetch(`${on.url}/socket.io/?EIO=4&transport=polling`);
	expect(await refused.json()).toMatchObject({
		message: expect.stringContaining('Too many connections'),
	});
	await Promise.all(silent.map(({ closed }) => closed));
	expect((await cast.connect()).socket.connected).toBe(true);
}, 15_000);

test('A-H5: a connection that says goodbye does not stay', async () => {
	const [on] = await stage();
	const connection = await RawConnection.enter(on);
	connection.write('1');
	await connection.closed;
	expect(on.app.census().sockets).toBe(0);
});

test('A-H5: rooms that one network has opened are bounded, and a room that ends makes room', async () => {
	const [, cast] = await stage({ limits: { roomsPerAddress: 1 }, rooms: { graceSeconds: 0 } });
	const [one, two] = [await cast.connect(), await cast.connect()];
	await one.ask('lobby:enter', { roomId: cast.roomId });
	expect(await two.codeOf('lobby:enter', { roomId: cast.roomId })).toBe('OK');
	expect(await two.raw('lobby:enter', { roomId: newRoomId() })).toMatchObject({
		error: { code: 'LIMIT_REACHED', message: expect.stringContaining('network') },
	});
	await one.ask('room:leave', {});
	expect(await two.codeOf('lobby:enter', { roomId: newRoomId() })).toBe('OK');
});

test('A-H5: rooms that one person has opened are bounded, also those that wait for them to come back', async () => {
	const [on] = await stage();
	const cookie = await guestCookie(on.url);
	for (let count = 0; count < 32; count++) {
		const client = await TestClient.connect(on, { cookie });
		const roomId = newRoomId();
		await eventually(async () => (await client.codeOf('lobby:enter', { roomId })) === 'OK');
		await eventually(
			async () =>
				(await client.codeOf('room:join', {
					...{ roomId, name: 'Guest', rtpCapabilities: {} },
					firstPage: { videos: 0, width: 0, height: 0 },
				})) === 'OK',
		);
		client.close();
	}
	const client = await TestClient.connect(on, { cookie });
	await eventually(
		async () => (await client.codeOf('lobby:enter', { roomId: newRoomId() })) === 'LIMIT_REACHED',
	);
	client.close();
}, 60_000);

/** Connects as a new guest that says this of itself. */
async function connectWith(on: Service, auth: Record<string, unknown>) {
	const socket = io(on.url, {
		...{ transports: ['websocket'], forceNew: true, reconnection: false, auth },
		extraHeaders: { cookie: await guestCookie(on.url) },
	});
	const told = new Promise((resolve) => socket.once('service:version', resolve));
	try {
		await new Promise<void>((resolve, reject) => {
			socket.once('connect', resolve);
			socket.once('connect_error', reject);
		});
		return await told;
	} finally {
		socket.disconnect();
	}
}

test('CONN-10: the protocol of now and the one before are spoken, others are refused, and the build is told', async () => {
	const [on] = await stage();
	const { version } = JSON.parse(
		readFileSync(new URL('../../web/build/_app/version.json', import.meta.url), 'utf8'),
	) as { version: string };
	const told = { protocol: protocolVersion, build: version };
	for (const auth of [
		{},
		{ protocol: protocolVersion, build: 'x' },
		{ protocol: protocolVersion - 1 },
	])
		expect(await connectWith(on, auth)).toEqual(told);
	for (const protocol of [protocolVersion - 2, protocolVersion + 1])
		expect(await refusalOf(connectWith(on, { protocol }))).toMatchObject({
			code: 'CLIENT_TOO_OLD',
		});
	for (const auth of [
		{ protocol: 'new' },
		{ protocol: 1.5 },
		{ build: 7 },
		{ build: 'x'.repeat(101) },
	])
		expect(await refusalOf(connectWith(on, auth))).toMatchObject({ code: 'BAD_REQUEST' });
});

test('CONN-2, A-L4: connections are opened by our own pages and by programs, and by no script', async () => {
	const [on] = await stage();
	const cookie = await guestCookie(on.url);
	// Not by fetch, which sends headers of its own.
	const statusOf = (query: string, headers: Record<string, string>) =>
		new Promise((resolve, reject) => {
			const url = `${on.url}/socket.io/?EIO=4&transport=polling${query}`;
			get(url, { headers: { cookie, ...headers } })
				.once('response', (response) => resolve(response.resume().statusCode))
				.once('error', reject);
		});
	expect(await statusOf('', {})).toBe(200);
	expect(await statusOf('', { 'sec-fetch-site': 'same-origin' })).toBe(200);
	expect(await statusOf('&j=0', {})).toBe(403);
	expect(await statusOf('&j=0', { 'sec-fetch-site': 'same-origin' })).toBe(403);
	for (const site of ['same-site', 'cross-site'])
		expect(await statusOf('', { 'sec-fetch-site': site })).toBe(403);
});

test('CONN-13, A-L9: a socket whose person was suspended by another process is closed within two minutes', async () => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
	const [on, cast] = await stage();
	const [client, other] = [await cast.connect(), await cast.connect()];
	const { personId } = await client.ask('lobby:enter', { roomId: cast.roomId });
	// As another process would: this one is not told of it.
	const suspension = { until: Date.now() + 600_000, reason: 'spam' };
	await on.app.store.accounts.suspend(personId, suspension, Date.now());
	await vi.advanceTimersByTimeAsync(130_000);
	expect(await client.until('session:ended')).toMatchObject({ code: 'SUSPENDED' });
	await eventually(() => client.socket.disconnected);
	expect(other.socket.connected).toBe(true);
	await eventually(() => [...on.app.rooms.all].length === 0);
});
