import { createServer, get } from 'node:http';
import type { AddressInfo, Socket as NetSocket } from 'node:net';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bounds } from '../../sfu/signalling/client/bounds.ts';
import { Wire, type ExceededBound, type Unread } from '../../sfu/signalling/client/wire.ts';
import { eventually } from '../support/client.ts';
import { RawConnection } from '../support/rawConnection.ts';

/** More than the system takes off a service that writes to a client that does not read. */
const muchMore = 64;
const block = 'x'.repeat(512 * 1024);

let io: Server;
let url: string;
let wires: Wire[];
let excesses: ExceededBound[];
let unread: Unread;
let limits: { -readonly [B in keyof typeof bounds]: number };
const sockets = new Set<NetSocket>();
beforeEach(async () => {
	const http = createServer();
	http.on('connection', (socket) => sockets.add(socket));
	io = new Server(http, { serveClient: false });
	[wires, excesses, unread, limits] = [[], [], { bytes: 0 }, { ...bounds }];
	io.engine.on('connection', (connection) =>
		wires.push(new Wire(connection, unread, (why) => excesses.push(why), limits)),
	);
	await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(async () => {
	for (const socket of sockets) socket.destroy();
	sockets.clear();
	await io.close();
});

const enter = (transport: 'websocket' | 'polling' = 'websocket') =>
	RawConnection.enter({ url }, { cookie: 'a=b', transport });

test.each(['websocket', 'polling'] as const)(
	'CONN-11: what was read waits no longer, by %s',
	async (transport) => {
		const connection = await enter(transport);
		for (let count = 0; count < 20; count++) {
			io.emit('fact', block);
			await eventually(() => wires[0]?.unread === 0);
		}
		expect(wires[0]?.written).toBeGreaterThan(20 * block.length);
		expect([excesses, unread.bytes]).toEqual([[], 0]);
		connection.close();
	},
);

test('A-H2: a client that says that it is there and reads nothing is closed after a while', async () => {
	limits.unreadBytes = Number.MAX_SAFE_INTEGER;
	limits.unreadAltogether = Number.MAX_SAFE_INTEGER;
	limits.unreadTime = 500;
	const [connection, other] = [await enter(), await enter()];
	connection.deafen();
	for (let count = 0; count < muchMore; count++) {
		io.emit('fact', block);
		await eventually(() => wires[1]?.unread === 0);
	}
	expect(wires[0]?.unread).toBeGreaterThan(0);
	await eventually(() => excesses.length > 0);
	expect(excesses).toEqual(['unread']);
	await eventually(() => io.sockets.sockets.size === 1 && unread.bytes === 0);
	for (const one of [connection, other]) one.close();
});

test('A-H2: the more waits altogether, the less may wait for one', async () => {
	limits.unreadAltogether = 4 * 1024 * 1024;
	limits.unreadBytes = 1024 * 1024;
	unread.bytes = limits.unreadAltogether - 100_000;
	const connection = await enter();
	connection.deafen();
	io.emit('fact', 'x'.repeat(64 * 1024));
	await eventually(() => excesses.length > 0);
	await eventually(() => unread.bytes === limits.unreadAltogether - 100_000);
	connection.close();
});

test('A-H2: answers of long polling that nobody reads count as well', async () => {
	limits.unreadBytes = (muchMore / 2 + 2) * block.length;
	const query = `${url}/socket.io/?EIO=4&transport=polling`;
	const opened = await (await fetch(query)).text();
	const sid = /"sid":"([^"]+)"/.exec(opened)?.[1] ?? '';
	const polls = `${query}&sid=${sid}`;
	await fetch(polls, { method: 'POST', body: '40' });
	await (await fetch(polls)).text();
	for (let count = 0; count < muchMore / 2; count++) io.emit('fact', block);
	expect(excesses).toEqual([]);
	// Nobody reads the answer, which is on its way by then.
	await new Promise((resolve) =>
		get(polls, { agent: false, headers: { 'accept-encoding': 'identity' } })
			.on('response', (response) => resolve(response.pause()))
			.on('error', resolve),
	);
	for (let count = 0; count < muchMore / 2; count++) io.emit('fact', block);
	await eventually(() => excesses.length > 0);
	expect(excesses).toEqual(['unread']);
	await eventually(() => unread.bytes === 0);
});

test.each([
	['packets', { inPackets: 20 }, '2["x"]', 40],
	['bytes', { inBytes: 100_000 }, `2["${'x'.repeat(10_000)}"]`, 20],
] as const)(
	'CONN-11: a client that sends too many %s is closed',
	async (_what, bound, packet, count) => {
		Object.assign(limits, bound);
		const connection = await enter();
		for (let sent = 0; sent < count; sent++) connection.write(packet);
		await connection.closed;
		expect(excesses).toEqual(['flood']);
	},
);
