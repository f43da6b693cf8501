import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApp, type App } from '../../sfu/app.ts';
import { newMessageId, newRoomId, type FileId, type RoomId } from '../../shared/ids.ts';
import { Person } from '../support/person.ts';
import { testConfig } from '../support/service.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A file in a room, with a message about it. */
async function shared(person: Person, roomId: RoomId, bytes: number): Promise<FileId> {
	await person.enter(roomId, 'Owner');
	const { fileId } = await person.upload(roomId, randomBytes(bytes));
	const body = { messageId: newMessageId(), body: 'words', files: [fileId] };
	await person.ask('POST', `/api/rooms/${roomId}/messages`, { body });
	return fileId;
}

/** Sends this text on a connection of its own. */
async function say(url: string, text: string): Promise<Socket> {
	const socket = connect(Number(new URL(url).port), '127.0.0.1');
	socket.on('error', () => undefined).pause();
	await new Promise((resolve) => socket.write(text, resolve));
	return socket;
}

const head = ({ proof }: Person, method: string, path: string, more = '') =>
	`${method} ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${proof['cookie']}\r\n${more}\r\n`;

describe('HTTP-4: what a client does wrong', () => {
	const lines: string[] = [];
	let app: App;
	let url: string;
	let person: Person;
	let roomId: RoomId;
	let fileId: FileId;
	beforeAll(async () => {
		const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
		app = await createApp(await testConfig(), log, { lan: false });
		url = `http://127.0.0.1:${await app.listen()}`;
		person = await Person.guest({ url });
		roomId = newRoomId();
		fileId = await shared(person, roomId, 3_000_000);
	});
	afterAll(() => app.close());
	beforeEach(() => void lines.splice(0));

	const json = { 'content-type': 'application/json' };
	test.each<[string, string, number, RequestInit?]>([
		['an address that is none', '/api/rooms/%E0%A4%A', 400],
		['an address that is none', '/api/files/100%', 400],
		[
			'a body that is no JSON',
			'/api/account/sign-in',
			400,
			{ method: 'POST', headers: json, body: '{' },
		],
		[
			'letters that nobody knows',
			'/api/account/sign-in',
			415,
			{ method: 'POST', headers: { 'content-type': 'application/json; charset=x' }, body: '{}' },
		],
		[
			'an encoding that nobody knows',
			'/api/account/sign-in',
			415,
			{ method: 'POST', headers: { ...json, 'content-encoding': 'x' }, body: '{}' },
		],
		[
			'a body that is not compressed as it says',
			'/api/account/sign-in',
			400,
			{ method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: '{}' },
		],
		[
			'a body that is too large',
			'/api/account/sign-in',
			413,
			{ method: 'POST', headers: json, body: JSON.stringify({ x: 'x'.repeat(100_000) }) },
		],
		['a method that is none here', '/api/session', 404, { method: 'DELETE' }],
		['a precondition that fails', '/api/files/FILE', 412, { headers: { 'if-match': '"x"' } }],
	])('is answered in the one shape and not logged: %s', async (_what, path, status, init) => {
		const response = await person.fetch(path.replace('FILE', fileId), init);
		expect(response.status).toBe(status);
		expect(response.headers.get('content-type')).toMatch(/^application\/json/);
		expect(await response.json()).toMatchObject({ ok: false, error: { code: expect.any(String) } });
		expect(lines).toEqual([]);
	});

	test('A-C2: a part of a file in the chat that is not there is 416, of no type and no name', async () => {
		const response = await person.fetch(`/api/files/${fileId}`, {
			headers: { range: 'bytes=5-2' },
		});
		expect(response.status).toBe(416);
		expect(response.headers.get('content-range')).toBe('bytes */3000000');
		expect(response.headers.get('content-disposition')).toBeNull();
		expect(response.headers.get('content-type')).toMatch(/^application\/json/);
		expect(await response.json()).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
		expect(lines).toEqual([]);
	});

	test('is not logged where it leaves in the middle of a request or of an answer', async () => {
		const length = 'Content-Type: application/json\r\nContent-Length: 100\r\n';
		const sockets = await Promise.all([
			say(url, head(person, 'POST', `/api/rooms/${roomId}/messages`, length) + '{'),
			say(url, head(person, 'POST', '/api/account/sign-in', length) + '{'),
			say(url, head(person, 'GET', `/api/files/${fileId}`)),
			say(url, head(person, 'GET', `/api/rooms/${roomId}/export`)),
			say(url, head(person, 'GET', '/api/account/data')),
		]);
		await person.ask('GET', '/api/session');
		for (const socket of sockets) socket.resetAndDestroy();
		// Later requests are answered after the ends of those connections were noticed.
		for (let i = 0; i < 5; i++) await person.ask('GET', '/api/session');
		expect(lines).toEqual([]);
	});
});

describe('A-C2: files of the chat', () => {
	let alone: ServiceProcess;
	let person: Person;
	let path: string;
	beforeAll(async () => {
		alone = await startServiceProcess();
		person = await Person.guest(alone);
		path = `/api/files/${await shared(person, newRoomId(), 3_000_000)}`;
	});
	afterAll(() => alone.close());
	const open = () => readdirSync(`/proc/${alone.pid}/fd`).map(Number);

	test('that cannot be opened because no descriptor is left are answered 503, and then given again', async () => {
		const socket = await say(alone.url, head(person, 'GET', '/api/session'));
		await new Promise((resolve) => socket.once('data', resolve).resume());
		const taken = new Set(open());
		let free = 0;
		while (taken.has(free)) free++;
		execFileSync('prlimit', ['--pid', `${alone.pid}`, `--nofile=${free}:`]);
		try {
			const answer = new Promise<string>((resolve) =>
				socket.once('data', (data) => resolve(String(data))),
			);
			socket.write(head(person, 'GET', path));
			expect(await answer).toMatch(/^HTTP\/1\.1 503 [^]*"UNAVAILABLE"/);
		} finally {
			execFileSync('prlimit', ['--pid', `${alone.pid}`, '--nofile=4096:']);
		}
		socket.destroy();
		expect((await person.fetch(path)).status).toBe(200);
	});
});
