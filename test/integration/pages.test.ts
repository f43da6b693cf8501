import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../support/client.ts';
import { startService, type Service } from '../support/service.ts';
import { startServiceProcess, type ServiceProcess } from '../support/serviceProcess.ts';

// A process of its own starts slowly where the machine is busy.
vi.setConfig({ testTimeout: 60_000 });

/** What browsers send when a person opens an address. */
const opens = {
	accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
	'sec-fetch-dest': 'document',
};

let service: Service;
beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.close());

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
	fetch(`${service.url}${path}`, { headers, method, redirect: 'manual' });

/** The largest script of the landing page: more than a connection takes at once. */
async function someFile(url: string, kind = 'js'): Promise<string> {
	const page = await (await fetch(`${url}/room/standup`, { headers: opens })).text();
	const found = new RegExp(`/_app/immutable/[^"]+\\.${kind}`).exec(page)?.[0];
	if (!found) throw new Error(`no ${kind} in the page`);
	return found;
}

describe('A-C2: downloads that are aborted', () => {
	let alone: ServiceProcess;
	beforeAll(async () => {
		alone = await startServiceProcess();
	}, 60_000);
	afterAll(() => alone.close());

	const descriptors = () => readdirSync(`/proc/${alone.pid}/fd`).length;
	const largest = () => {
		const folder = new URL('../../web/build/_app/immutable/assets/', import.meta.url);
		const name = readdirSync(folder).find((file) => /^data\..*\.json$/.test(file));
		return `/_app/immutable/assets/${name}`;
	};

	/** Asks for a large file so many times on one connection, and reads nothing. */
	async function unread(times: number): Promise<Socket> {
		const socket = connect(Number(new URL(alone.url).port), '127.0.0.1');
		socket.on('error', () => undefined).pause();
		const asked = `GET ${largest()} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n`;
		await new Promise((resolve) => socket.write(asked.repeat(times), resolve));
		return socket;
	}
	const answers = async () => (await fetch(`${alone.url}${largest()}`)).status;

	test('leave no descriptor open', async () => {
		await answers();
		const before = descriptors();
		for (let round = 0; round < 3; round++) {
			const sockets = await Promise.all(Array.from({ length: 15 }, () => unread(12)));
			await answers();
			for (const socket of sockets) socket.resetAndDestroy();
		}
		await eventually(() => descriptors() <= before + 2);
	});

	test('leave the process alive where no descriptor is left', async () => {
		const limit = descriptors() + 12;
		execFileSync('prlimit', ['--pid', `${alone.pid}`, `--nofile=${limit}:`]);
		const sockets = await Promise.all(Array.from({ length: 40 }, () => unread(12)));
		await Promise.allSettled(Array.from({ length: 20 }, () => answers()));
		for (const socket of sockets) socket.resetAndDestroy();
		await eventually(() => descriptors() < limit - 5);
		expect(await answers()).toBe(200);
	});
});

describe('HTTP-4: a part of a file', () => {
	test('is given as asked for', async () => {
		const file = await someFile(service.url);
		const answer = await get(file, { 'accept-encoding': 'identity' });
		const whole = Buffer.from(await answer.arrayBuffer());
		const part = await get(file, { range: 'bytes=2-5' });
		expect(part.status).toBe(206);
		expect(part.headers.get('content-range')).toBe(`bytes 2-5/${whole.length}`);
		expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(2, 6));
	});

	test.each(['bytes=5-2', 'bytes=999999999-', 'bytes=-0'])(
		'A-C2: that is not there is 416: %s',
		async (range) => {
			const response = await get(await someFile(service.url), { range });
			expect(response.status).toBe(416);
			expect(response.headers.get('content-range')).toMatch(/^bytes \*\/\d+$/);
			expect(await response.json()).toMatchObject({ ok: false, error: { code: 'BAD_REQUEST' } });
		},
	);

	test.each(['bytes=x-y', 'lines=1-2', 'bytes=0-1,4-5', ''])(
		'is the whole where the range is none: %j',
		async (range) => {
			expect((await get(await someFile(service.url), { range })).status).toBe(200);
		},
	);
});

test('a file that did not change is not sent again', async () => {
	const file = await someFile(service.url);
	for (const encoding of ['br', 'gzip', 'identity']) {
		const first = await get(file, { 'accept-encoding': encoding });
		const etag = first.headers.get('etag') ?? '';
		expect(first.headers.get('vary')).toMatch(/accept-encoding/i);
		const kept = { 'if-none-match': etag, 'cache-control': 'max-age=0' };
		const again = await get(file, { 'accept-encoding': encoding, ...kept });
		expect(again.status).toBe(304);
	}
	expect((await get(file, {}, 'HEAD')).headers.get('content-length')).toMatch(/^\d+$/);
});

describe('HTTP-1, A-M16, B-11: the session cookie', () => {
	test.each([
		['of any program', { accept: '*/*' }],
		['of a page', { accept: '*/*', 'sec-fetch-dest': 'script' }],
		['of a person who opens it', opens],
	])('does not come with a file, on the request %s', async (_what, headers) => {
		for (const path of [await someFile(service.url), '/favicon.svg', '/robots.txt']) {
			const response = await get(path, headers);
			expect(response.status).toBe(200);
			expect(response.headers.get('set-cookie')).toBeNull();
		}
	});

	test.each(['/', '/room/standup', '/next', '/nowhere'])(
		'comes with the page %s, which no cache shares',
		async (path) => {
			const response = await get(path, opens);
			expect(response.headers.get('set-cookie')).toMatch(/^parley_session=/);
			expect(response.headers.get('cache-control')).toMatch(/^private, no-(cache|store)$/);
			expect(response.headers.get('vary')).toMatch(/cookie/i);
		},
	);

	test('does not come where a program or a script asks for a page', async () => {
		expect((await get('/', { accept: '*/*' })).headers.get('set-cookie')).toBeNull();
		const fetched = await get('/', { ...opens, 'sec-fetch-dest': 'empty' });
		expect(fetched.headers.get('set-cookie')).toBeNull();
	});
});

describe('B-21: search engines', () => {
	test('may keep the landing page and nothing else', async () => {
		const told = async (path: string) => (await get(path, opens)).headers.get('x-robots-tag');
		expect(await told('/')).toBeNull();
		for (const path of ['/room/x23', '/next', '/login', '/nowhere', '/api/session', '/healthz'])
			expect(await told(path)).toBe('noindex');
	});

	test('are told not to make rooms', async () => {
		const response = await get('/robots.txt');
		expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
		expect(await response.text()).toMatch(/^User-agent: \*\n(?:.*\n)*Disallow: \/new\n/);
	});
});

describe('A-M17, B-21: browsers insist on HTTPS', () => {
	const behind = async (trustProxy: boolean, headers: Record<string, string>) => {
		const proxied = await startService({ http: { trustProxy } });
		try {
			const response = await fetch(`${proxied.url}/`, { headers });
			return response.headers.get('strict-transport-security');
		} finally {
			await proxied.close();
		}
	};

	test('for this host alone, where it reached them by HTTPS', async () => {
		const told = await behind(true, { 'x-forwarded-proto': 'https' });
		expect(told).toMatch(/^max-age=\d+$/);
	});

	test.each([
		[true, {}],
		[true, { 'x-forwarded-proto': 'http' }],
		[false, { 'x-forwarded-proto': 'https' }],
	])('not with trustProxy %j and %j', async (trustProxy, headers) => {
		expect(await behind(trustProxy, headers)).toBeNull();
	});
});

describe('HTTP-3, B-17, B-23: an address', () => {
	test.each([
		['/room/100%', '/room/100%25'],
		['/room/%E0%A4%A', '/room/%25E0%25A4%25A'],
		['/Room/team', '/room/team'],
		['/ROOM/Team/Chat?x=1', '/room/Team/chat?x=1'],
		['//room/team', '/room/team'],
		['/room//team', '/room/team'],
		['/room/team.', '/room/team'],
		['/room/team),', '/room/team'],
		['/room/team%3E', '/room/team'],
		['/room/team%22', '/room/team'],
		['/room/team=', '/room/team'],
		['/room/team%20', '/room/team'],
		['/room/team/chat.', '/room/team/chat'],
		['/Next', '/next'],
		['//evil.example', '/evil.example'],
		['//%5Cevil.example/room', '/%5Cevil.example/room'],
	])('%s leads to %s', async (path, meant) => {
		const response = await fetch(new URL(`${service.url}${path}`), {
			headers: opens,
			redirect: 'manual',
		});
		expect(response.status).toBe(302);
		expect(response.headers.get('location')).toBe(meant);
		expect((await get(meant, opens)).status).toBeLessThan(405);
	});

	test.each(['/room/team', '/room/Team', '/room/te.am', '/room/..', '/room/100%25', '/room/a'])(
		'%s stays',
		async (path) => {
			const response = await fetch(`${service.url}${path}`, { headers: opens, redirect: 'manual' });
			expect(response.status).not.toBe(302);
		},
	);
});

describe('HTTP-2: a file of a build that is gone', () => {
	test('is not there, in the one shape, and nothing keeps that', async () => {
		const response = await get('/_app/immutable/chunks/gone.js', opens);
		expect(response.status).toBe(404);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(await response.json()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
	});
});
