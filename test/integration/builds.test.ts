import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CodedError } from '../../shared/errors.ts';
import { failures } from '../../sfu/http/request/failures.ts';
import { pages } from '../../sfu/http/pages/pages.ts';

const root = mkdtempSync(join(tmpdir(), 'parley-builds-'));
const folders = { folder: join(root, 'build'), before: join(root, 'before') };
const write = (folder: string, files: Record<string, string>) => {
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
};

let server: Server;
let url: string;
beforeAll(async () => {
	write(folders.folder, {
		'200.html': 'fallback',
		'room/[id].html': 'room',
		'index.html': 'landing',
		'_app/version.json': '"2"',
		'_app/immutable/chunks/same.js': 'same',
		'_app/immutable/chunks/new.js': 'new',
		'_app/immutable/chunks/new.js.br': 'new in brotli',
	});
	write(folders.before, {
		'200.html': 'old fallback',
		'old.html': 'old page',
		'_app/version.json': '"1"',
		'_app/immutable/chunks/same.js': 'same',
		'_app/immutable/chunks/old.js': 'old',
	});
	const app = express();
	app.use(pages(async () => undefined, '', folders));
	app.use(() => {
		throw new CodedError('NOT_FOUND');
	});
	app.use(failures(pino({ level: 'silent' })));
	server = createServer(app).listen(0, '127.0.0.1');
	await once(server, 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
	server.close();
	rmSync(root, { recursive: true, force: true });
});

const textOf = async (path: string) => (await fetch(`${url}${path}`)).text();

test('HTTP-2: an open page of the build before finds its files', async () => {
	const response = await fetch(`${url}/_app/immutable/chunks/old.js`);
	expect(response.status).toBe(200);
	expect(response.headers.get('cache-control')).toContain('immutable');
	expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
	expect(await response.text()).toBe('old');
});

test('of the build before nothing else is served', async () => {
	expect(await textOf('/_app/version.json')).toBe('"2"');
	expect(await textOf('/room/team')).toBe('room');
	expect((await fetch(`${url}/old`, { headers: { accept: 'text/html' } })).status).toBe(404);
});

test('the page of a room is one that names what rooms need, and that of its chat is the fallback', async () => {
	for (const path of ['/room/team', '/room/team/', '/room/team?x=1', '/room/chat'])
		expect(await textOf(path), path).toBe('room');
	expect(await textOf('/room/team/chat')).toBe('fallback');
	const none = await fetch(`${url}/nothing`, { headers: { accept: 'text/html' } });
	expect([none.status, await none.text()]).toEqual([404, 'fallback']);
});

test('a file that is compressed is not served by the name of its other form', async () => {
	expect((await fetch(`${url}/_app/immutable/chunks/new.js.br`)).status).toBe(404);
});

test('A-C2: a build underneath, or one that is removed, does not hurt a process that serves it', async () => {
	rmSync(root, { recursive: true, force: true });
	expect(await textOf('/')).toBe('landing');
	expect(await textOf('/_app/immutable/chunks/same.js')).toBe('same');
	expect(await textOf('/room/team')).toBe('room');
});

test.each(['/_app/immutable/chunks/older.js', '/_app/immutable/', '/_app/immutable/../../x.js'])(
	'%s, which is in no build, is not found in the one shape',
	async (path) => {
		const response = await fetch(`${url}${path}`);
		expect(response.status).toBe(404);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(await response.json()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
	},
);

test.each(['__proto__', 'constructor', 'toString', '', '%00', '..%2f200.html'])(
	'the name %j is that of no file',
	async (name) => {
		const response = await fetch(`${url}/_app/immutable/${name}`);
		expect(response.status).toBe(404);
	},
);
