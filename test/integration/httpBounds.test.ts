import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import express from 'express';
import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import { createApp } from '../../sfu/app.ts';
import { connectionsLeft, createBoundedServer, requestTimes } from '../../sfu/http/connections.ts';
import type { TakesMedia } from '../../sfu/http/firstBytes.ts';
import { failures } from '../../sfu/http/request/failures.ts';
import { inTurn } from '../../sfu/http/budgets/inTurn.ts';
import { NetworkPace } from '../../sfu/platform/networkPace.ts';
import { securityHeaders } from '../../sfu/http/security.ts';
import { eventually, guestCookie } from '../support/client.ts';
import { freePort } from '../support/ports.ts';
import { firstMessage } from '../support/iceOverTcp.ts';
import { Person } from '../support/person.ts';
import { metricsToken } from '../support/figure.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

type Sections = Parameters<typeof startService>[0];

async function serve(sections: Sections): Promise<Service> {
	const service = await startService(sections);
	closing.push(() => service.close());
	return service;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A connection that says this, and what it was answered until it was closed. */
function say(port: number, text: string): { socket: Socket; answer: Promise<string> } {
	const socket = connect(port, '127.0.0.1');
	socket.on('error', () => undefined);
	let heard = '';
	socket.on('data', (chunk) => (heard += chunk));
	const answer = new Promise<string>((resolve) => socket.once('close', () => resolve(heard)));
	socket.write(text);
	closing.push(() => socket.destroy());
	return { socket, answer };
}

describe('HTTP-5, A-M6: a request', () => {
	const times = { headers: 300, request: 300, media: 300, upload: 60_000, idle: 60_000 };

	/** What went wrong, as the log says it. */
	const logged: string[] = [];

	async function server(
		given: typeof requestTimes,
		pagesPort: TakesMedia | null = null,
		workPerAddress?: number,
	): Promise<number> {
		const log = pino({ level: 'error' }, { write: (line) => void logged.push(line) });
		const app = express();
		app.use(inTurn, securityHeaders(false));
		app.get('/later', (_request, response) => {
			setTimeout(() => response.end('later'), 600);
		});
		app.post('/api/account/sign-in', express.json(), (_request, response) => {
			response.json({ ok: true });
		});
		app.patch('/api/files/x', (request, response) => {
			request.on('end', () => response.end('complete')).resume();
		});
		app.use(failures(log));
		const config = await testConfig({
			limits: { ...(workPerAddress !== undefined && { workPerAddress }) },
		});
		const pace = new NetworkPace(config.limits);
		const bounded = createBoundedServer(app, {
			certificate: null,
			config,
			log,
			pace,
			pagesPort,
			times: given,
		});
		bounded.listen(0, '127.0.0.1');
		await once(bounded, 'listening');
		closing.push(() => bounded.close());
		return portOf(bounded);
	}
	const post = (path: string, method = 'POST') =>
		`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`;

	test('takes minutes at most, and seconds where it is no upload', () => {
		expect(requestTimes.upload).toBeLessThanOrEqual(15 * 60_000);
		expect(requestTimes.request).toBeLessThanOrEqual(30_000);
		expect(requestTimes.headers).toBeLessThanOrEqual(30_000);
		expect(requestTimes.idle).toBeGreaterThan(60_000);
	});

	test('that does not come whole is ended, in words', async () => {
		const { answer } = say(await server(times), post('/api/account/sign-in'));
		expect(await answer).toMatch(/^HTTP\/1\.1 408 [^]*took too long/);
	});

	test('that is ended while it waits for its turn is not carried out', async () => {
		const first = 'GET /later HTTP/1.1\r\nHost: x\r\n\r\n';
		const { answer } = say(await server(times), first + post('/api/account/sign-in'));
		expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*later[^]*HTTP\/1\.1 408 [^]*took too long/);
		expect(logged).toEqual([]);
	});

	test('whose head does not come is ended', async () => {
		const { answer } = say(await server(times), 'GET / HTTP/1.1\r\nHost: x\r\n');
		expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
	});

	describe('beside media', () => {
		const noMedia: TakesMedia = { lead: () => false };

		test('is answered, however it comes', async () => {
			const port = await server({ ...times, media: 60_000 }, noMedia);
			const { socket, answer } = say(port, 'G');
			await wait(50);
			socket.write('ET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
			expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*later/);
		});

		test('is answered after a connection that said nothing at first', async () => {
			const port = await server({ ...times, media: 100, headers: 60_000 }, noMedia);
			const { socket, answer } = say(port, '');
			await wait(300);
			socket.write('GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
			expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*later/);
		});

		test('shares with it what is done for a network', async () => {
			let pieces = 0;
			const lead: TakesMedia['lead'] = (socket) => {
				socket.on('data', () => pieces++);
				return true;
			};
			const port = await server(times, { lead }, 100);
			const flood = connect(port, '127.0.0.1');
			closing.push(() => flood.destroy());
			const piece = Buffer.alloc(65_536);
			const write = () => {
				while (flood.write(piece));
			};
			flood.on('drain', write).on('error', () => undefined);
			flood.write(firstMessage({ iceParameters: { usernameFragment: 'a', password: 'b' } }));
			write();
			await eventually(() => pieces >= 100);
			const before = pieces;
			await wait(1_000);
			expect(pieces).toBeLessThan(1_000);
			expect(pieces).toBeGreaterThan(before);
		});

		test('does not come on a connection that says nothing: it is closed', async () => {
			const { answer } = say(await server(times, noMedia), '');
			expect(await answer).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
		});

		test('does not come on a connection that begins with half of a message: it is closed', async () => {
			const { answer } = say(await server(times, noMedia), '\0\x70\0\x01');
			expect(await answer).toBe('');
		});

		test('does not come on a connection whose other end closes it', async () => {
			const port = await server({ ...times, media: 60_000 }, noMedia);
			const { socket, answer } = say(port, '\0\x70');
			socket.end();
			expect(await answer).toBe('');
		});
	});

	test('of an upload may take longer', async () => {
		const port = await server(times);
		const other = say(port, post('/api/account/sign-in'));
		const { socket, answer } = say(port, post('/api/files/x', 'PATCH'));
		await other.answer;
		socket.end('"a":"b"} ');
		expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*complete/);
	});

	test('of an upload is ended after its own time', async () => {
		const port = await server({ ...times, upload: 400 });
		const { answer } = say(port, post('/api/files/x', 'PATCH'));
		expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
	});

	test('that is not listened to any more is ended', async () => {
		const port = await server({ ...times, request: 60_000, upload: 60_000, idle: 300 });
		await say(port, post('/api/files/x', 'PATCH')).answer;
	});
});

describe('HTTP-6, A-C2: connections', () => {
	test('are fewer than descriptors, each with a file beside it', () => {
		for (const limit of [256, 1024, 20_000]) {
			expect(connectionsLeft(limit) * 2).toBeLessThan(limit);
			expect(connectionsLeft(limit)).toBeGreaterThan(limit / 4);
		}
	});

	test('of one network are bounded, and one that ends makes room', async () => {
		const { url } = await serve({ limits: { connectionsPerAddress: 5 } });
		const port = Number(new URL(url).port);
		const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
		const idle = Array.from({ length: 5 }, () => say(port, head));
		await Promise.all(idle.map(({ socket }) => once(socket, 'data')));
		expect(await say(port, head).answer).toBe('');
		idle[0]?.socket.destroy();
		await eventually(async () => (await fetch(`${url}/healthz`).catch(() => null))?.ok === true);
	});

	test('of a trusted proxy are not', async () => {
		const { url } = await serve({ http: { trustProxy: 1 }, limits: { connectionsPerAddress: 2 } });
		const port = Number(new URL(url).port);
		const idle = Array.from({ length: 6 }, () =>
			say(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
		);
		await Promise.all(idle.map(({ socket }) => once(socket, 'data')));
	});

	test('HTTP-7: are closed where too many requests wait on one of them, and nobody else waits for those', async () => {
		const { url } = await serve({});
		const cookie = await guestCookie(url);
		const polling = '/socket.io/?EIO=4&transport=polling';
		const opened = await (await fetch(url + polling, { headers: { cookie } })).text();
		const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
		const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
		// Answered after seconds, when there is news.
		const { socket, answer } = say(Number(new URL(url).port), ask(`${polling}&sid=${sid}`));
		const before = process.threadCpuUsage();
		socket.write(ask('/healthz').repeat(40_000));
		expect(await answer).toBe('');
		expect((await fetch(`${url}/healthz`)).status).toBe(200);
		expect(process.threadCpuUsage(before).user).toBeLessThan(4_000_000);
	});

	test('are bounded altogether', async () => {
		const { url } = await serve({ limits: { connections: 3 }, http: { trustProxy: 1 } });
		const port = Number(new URL(url).port);
		const idle = Array.from({ length: 3 }, () =>
			say(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
		);
		await Promise.all(idle.map(({ socket }) => once(socket, 'data')));
		expect(await say(port, '').answer).toBe('');
	});
});

describe('HTTP-6, ACCOUNT-16, A-H5: one network', () => {
	test('makes so many guests, and those who are there go on', async () => {
		const service = await serve({ accounts: { newGuests: 3 } });
		const known = await Person.guest(service);
		for (let i = 0; i < 2; i++) expect(await guestCookie(service.url)).toMatch(/^parley_session=/);
		const refused = await fetch(`${service.url}/api/session`);
		expect(refused.status).toBe(429);
		expect(await refused.json()).toMatchObject({
			error: { code: 'TOO_MANY_REQUESTS', message: expect.stringContaining('new guests') },
		});
		const page = await fetch(`${service.url}/`, { headers: { accept: 'text/html' } });
		expect(page.status).toBe(200);
		expect(page.headers.get('set-cookie')).toBeNull();
		expect((await known.ask('GET', '/api/session')).status).toBe(200);
	});

	test('asks so often without a session, and as often as its people may with one', async () => {
		const service = await serve({ limits: { requestsPerAddress: 10 } });
		const person = await Person.guest(service);
		const script = await person.withToken();
		const statuses: number[] = [];
		for (let i = 0; i < 12; i++) statuses.push((await fetch(`${service.url}/favicon.svg`)).status);
		expect(statuses[0]).toBe(200);
		expect(statuses.at(-1)).toBe(429);
		expect((await person.fetch('/favicon.svg')).status).toBe(200);
		expect((await script.fetch('/api/rooms')).status).toBe(200);
		// Whoever looks after the service looks on.
		expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
		expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
	});
});

describe('HTTP-11, A-M7, B-21: GET /metrics', () => {
	const ask = async (url: string, authorization?: string) =>
		fetch(`${url}/metrics`, { headers: authorization ? { authorization } : {} });

	test('is nothing on the port of the pages unless there is a token', async () => {
		const { url } = await serve({ metrics: { token: '' } });
		for (const authorization of [undefined, 'Bearer', 'Bearer ', 'Bearer undefined'])
			expect((await ask(url, authorization)).status).toBe(404);
	});

	test('is for those who bring the token', async () => {
		const { url } = await serve({});
		for (const authorization of [undefined, 'Bearer', 'Bearer x', `Bearer ${metricsToken}x`]) {
			const refused = await ask(url, authorization);
			expect(refused.status).toBe(401);
			expect(await refused.text()).not.toContain('nodejs_version_info');
		}
		const given = await ask(url, `Bearer ${metricsToken}`);
		expect(given.status).toBe(200);
		expect(await given.text()).toContain('nodejs_version_info');
	});

	test('has a port of its own, which serves nothing else', async () => {
		const port = await freePort();
		const { url } = await serve({ metrics: { port, token: '' } });
		const own = `http://127.0.0.1:${port}`;
		expect(await (await ask(own)).text()).toContain('parley_rooms 0');
		expect((await fetch(`${own}/`)).status).toBe(404);
		expect((await ask(url)).status).toBe(404);
	});

	test('asks for the token on its own port too, where there is one', async () => {
		const port = await freePort();
		await serve({ metrics: { port, token: metricsToken } });
		const own = `http://127.0.0.1:${port}`;
		expect((await ask(own)).status).toBe(401);
		expect((await ask(own, `Bearer ${metricsToken}`)).status).toBe(200);
	});

	test('stops the start where its port is taken, by the name of the setting', async () => {
		const taken = createServer().listen(0, '127.0.0.1');
		await once(taken, 'listening');
		closing.push(() => taken.close());
		const config = await testConfig({ metrics: { port: portOf(taken) } });
		const app = await createApp(config, pino({ level: 'silent' }), { lan: false });
		closing.push(() => app.close());
		await expect(app.listen()).rejects.toThrow(/^metrics\.port: port \d+ is taken/);
	});
});

test('HTTP-10, A-H2: large answers that nobody reads are few, and others read on', async () => {
	const service = await serve({});
	const [deaf, other] = [await Person.guest(service), await Person.guest(service)];
	const roomId = newRoomId();
	for (const [person, name] of [[deaf, 'Deaf'] as const, [other, 'Other'] as const])
		await person.enter(roomId, name);
	const { chats } = service.app;
	for (let count = 0; count < limits.page; count++) {
		const draft = {
			body: '語'.repeat(limits.messageLength),
			mentions: [],
			files: [],
			replyTo: null,
		};
		await chats.post(other.id, { chat: { roomId }, messageId: newMessageId(), draft });
	}
	const path = `/api/rooms/${roomId}/messages?limit=${limits.page}`;
	const sockets: Socket[] = [];
	const statuses = await Promise.all(
		Array.from({ length: 30 }, async () => {
			const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
			sockets.push(socket);
			const head = Object.entries(deaf.proof).map(([name, value]) => `${name}: ${value}\r\n`);
			socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${head.join('')}\r\n`);
			const [first] = (await once(socket, 'data')) as [Buffer];
			socket.pause();
			return first.toString('latin1').slice(9, 12);
		}),
	);
	const read = statuses.filter((status) => status === '200').length;
	expect(read).toBeGreaterThan(0);
	expect(read).toBeLessThan(5);
	expect(new Set(statuses)).toEqual(new Set(['200', '429']));
	expect((await other.ask('GET', path)).status).toBe(200);
	// It costs by its size: two of them are what a person may ask for in five seconds.
	const more: number[] = [];
	for (let count = 0; count < 6; count++) more.push((await other.ask('GET', path)).status);
	expect(more).toContain(429);
	for (const socket of sockets) socket.destroy();
}, 60_000);
