import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createApp, type App } from '../../sfu/app.ts';
import { newRoomId } from '../../shared/ids.ts';
import { Cast } from '../support/client.ts';
import { RawConnection } from '../support/rawConnection.ts';
import { testConfig } from '../support/service.ts';

let app: App;
let service: { url: string };
let cast: Cast;
let logged = '';
beforeAll(async () => {
	const lines = new PassThrough();
	lines.on('data', (chunk) => (logged += chunk));
	app = await createApp(await testConfig(), pino({ level: 'error' }, lines), { lan: false });
	service = { url: `http://127.0.0.1:${await app.listen()}` };
});
afterAll(() => app.close());
beforeEach(() => {
	logged = '';
	cast = new Cast(service);
});
afterEach(() => cast.close());

/** The code of the answer to the request with id 1. */
const codeOf = async (connection: RawConnection) =>
	/"code":"([A-Z_]+)"/.exec(
		await connection.until((message) => message.startsWith('431[') || message.startsWith('31[')),
	)?.[1];

test.each(['7', '-1', '1.5', '1e300'])(
	'A-C1: an event with the name %s is answered UNKNOWN_REQUEST and harms nobody',
	async (name) => {
		const [bystander, connection] = [await cast.joined(), await RawConnection.enter(service)];
		connection.write(`21[${name},{}]`);
		expect(await codeOf(connection)).toBe('UNKNOWN_REQUEST');
		connection.write('22["room:leave",{}]');
		expect(await connection.until((message) => message.startsWith('32['))).toContain('WRONG_PHASE');
		expect(await bystander.codeOf('media:want', { wants: [] })).toBe('OK');
		connection.close();
	},
);

/** What is answered by nothing; some of it closes the connection. */
const frames: [string, (string | Buffer)[]][] = [
	['an event with a number for a name and no acknowledgement', ['2[7,{}]']],
	['an event without anything but an acknowledgement', ['20']],
	['an event of nothing', ['2[]']],
	['an acknowledgement of nothing', ['30[]']],
	[
		'an acknowledgement with an attachment',
		['61-0[{"_placeholder":true,"num":0}]', Buffer.from('x')],
	],
	['an attachment of no packet', [Buffer.from('x')]],
	[
		'an event with an attachment for a name',
		['51-[{"_placeholder":true,"num":0},{}]', Buffer.from('x')],
	],
	[
		'an attachment that is not the one announced',
		['51-["room:leave",{"_placeholder":true,"num":9}]', Buffer.from('x')],
	],
	['text in place of an attachment', ['51-["room:leave",{"_placeholder":true,"num":0}]', '2["x"]']],
	['a second hello', ['0', '0{}', '0{"token":1}']],
	['a hello to nowhere', ['0/nowhere,{}']],
	['a goodbye', ['1']],
	['a goodbye with words', ['1["why"]']],
	['an error', ['4{"message":"no"}']],
	['an unknown type', ['9[]']],
	['nothing', ['']],
	['names that Socket.IO keeps for itself', ['21["disconnect",{}]']],
];
test.each(frames)('A-C1: %s harms nobody else', async (_what, messages) => {
	const [bystander, connection] = [await cast.joined(), await RawConnection.enter(service)];
	for (const message of messages) connection.write(message);
	expect(await bystander.codeOf('media:want', { wants: [] })).toBe('OK');
	const next = await RawConnection.enter(service);
	next.write('21["room:leave",{}]');
	expect(await codeOf(next)).toBe('WRONG_PHASE');
	expect(logged).toBe('');
	next.close();
	connection.close();
});

test('CONN-9: a request with more than its data is carried out with its data alone', async () => {
	const connection = await RawConnection.enter(service);
	connection.write(`21["lobby:enter",{"roomId":"${newRoomId()}"},{},7]`);
	expect(await connection.until((message) => message.startsWith('31['))).toContain('"ok":true');
	connection.write('22["room:leave"]');
	expect(await connection.until((message) => message.startsWith('32['))).toContain('BAD_REQUEST');
	connection.close();
});

test.each([30, 1_000, 30_000])(
	'A-L16: a request with %i lists within each other is BAD_REQUEST, without an error in the log',
	async (depth) => {
		const connection = await RawConnection.enter(service);
		const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
		connection.write(`21["lobby:enter",{"roomId":"${newRoomId()}","deep":${nested}}]`);
		expect(await codeOf(connection)).toBe('BAD_REQUEST');
		expect(logged).toBe('');
		connection.close();
	},
);

test('CONN-9: one attachment that stands in ten thousand places is BAD_REQUEST at once', async () => {
	const [bystander, connection] = [await cast.joined(), await RawConnection.enter(service)];
	const places = Array.from({ length: 10_000 }, () => '{"_placeholder":true,"num":0}');
	connection.write(`51-1["room:leave",{"all":[${places.join(',')}]}]`);
	connection.write(Buffer.alloc(900_000, 'x'));
	const before = process.threadCpuUsage();
	expect(await bystander.codeOf('media:want', { wants: [] })).toBe('OK');
	expect(await codeOf(connection)).toBe('BAD_REQUEST');
	expect(process.threadCpuUsage(before).user).toBeLessThan(2_000_000);
	connection.close();
});

test('A-C1: an answer that cannot be written is INTERNAL, and what was asked after it is answered', async () => {
	const client = await cast.connect();
	const { matches } = app.matchPeers;
	const agreed = matches.agreed.bind(matches);
	matches.agreed = () => Promise.resolve(1n as never);
	try {
		expect(await client.codeOf('match:enter', { media: false })).toBe('INTERNAL');
	} finally {
		matches.agreed = agreed;
	}
	expect(logged).toContain('could not be written');
	expect(await client.codeOf('match:enter', { media: false })).toBe('OK');
});

test('CONN-11: a socket that sends without end is closed, and nobody else', async () => {
	const [bystander, connection] = [await cast.joined(), await RawConnection.enter(service)];
	let open = true;
	void connection.closed.then(() => (open = false));
	const isOpen = () => open;
	for (let count = 0; count < 30_000 && isOpen(); count++) {
		connection.write('2["x"]');
		if (count % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
	}
	await connection.closed;
	expect(await bystander.codeOf('media:want', { wants: [] })).toBe('OK');
});
