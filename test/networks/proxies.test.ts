import { randomBytes } from 'node:crypto';
import { request } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../shared/errors.ts';
import { newRoomId } from '../../shared/ids.ts';
import { freshName, Visit } from '../support/account.ts';
import { eventually, guestCookie, TestClient } from '../support/client.ts';
import { firstMessage, IceConnection } from '../support/iceOverTcp.ts';
import { Person } from '../support/person.ts';
import { freePort } from '../support/ports.ts';
import { proxies, ReverseProxy, type ProxyName } from '../support/reverseProxies.ts';
import { startService, type Service } from '../support/service.ts';
import { TestCertificate } from '../support/testCertificate.ts';

let certificate: TestCertificate;
const before = getCACertificates('default');
beforeAll(async () => {
	certificate = await TestCertificate.make();
	setDefaultCACertificates([...before, certificate.text]);
});
afterAll(() => {
	setDefaultCACertificates(before);
	certificate.close();
});

describe.each(Object.keys(proxies) as ProxyName[])(
	'behind %s, with the documented file',
	(name) => {
		let ports: { http: number; https: number; service: number };
		let service: Service;
		let proxy: ReverseProxy;
		let url: string;
		let origin: { origin: string };
		const start = () =>
			startService({ http: { trustProxy: 1, address: '127.0.0.1', port: ports.service } });
		beforeAll(async () => {
			ports = { http: await freePort(), https: await freePort(), service: await freePort() };
			url = `https://localhost:${ports.https}`;
			origin = { origin: url };
			service = await start();
			proxy = await ReverseProxy.start(name, ports, certificate.files);
		});
		afterAll(async () => {
			await proxy?.close();
			await service?.close();
		});

		test('pages come over HTTPS, and their cookie stays there', async () => {
			const page = await fetch(`${url}/room/team`);
			expect(page.status).toBe(200);
			expect(await page.text()).toContain('<!doctype html>');
			expect(page.headers.get('strict-transport-security')).toContain('max-age');
			const session = await fetch(`${url}/api/session`);
			expect(session.headers.get('set-cookie')).toMatch(/^__Host-.*Secure/);
			const plain = await fetch(`http://localhost:${ports.http}/room/team?x=1`, {
				redirect: 'manual',
			});
			expect([301, 308]).toContain(plain.status);
			const to = new URL(plain.headers.get('location') ?? '');
			expect([to.protocol, to.pathname, to.search]).toEqual(['https:', '/room/team', '?x=1']);
		});

		test('a page has its socket, and changes what it may', async () => {
			const client = await TestClient.connect({ url }, { headers: origin });
			const { admission } = await client.ask('lobby:enter', { roomId: newRoomId() });
			expect(admission).toBe('open');
			client.close();
			await expect(
				TestClient.connect({ url }, { headers: { origin: 'https://evil.example' } }),
			).rejects.toThrow();
			const person = await Person.of({ url }, await guestCookie(url));
			const enter = (headers: Record<string, string>) =>
				person.ask('POST', `/api/rooms/${newRoomId()}/members`, { body: { name: 'Ana' }, headers });
			expect((await enter(origin)).error).toBeNull();
			expect((await enter({ origin: 'https://evil.example' })).status).toBe(403);
		});

		test('a page without WebSockets polls', async () => {
			const cookie = await guestCookie(url);
			const socket = io(url, {
				...{ transports: ['polling'], forceNew: true, reconnection: false },
				extraHeaders: { cookie, ...origin },
			});
			try {
				await new Promise((resolve, reject) => {
					socket.once('connect', () => resolve(null));
					socket.once('connect_error', reject);
				});
				const answer = (await socket
					.timeout(20_000)
					.emitWithAck('lobby:enter', { roomId: newRoomId() })) as Answer<unknown>;
				expect(answer.ok).toBe(true);
			} finally {
				socket.disconnect();
			}
		});

		test('a file of some megabytes goes up and comes down', async () => {
			const person = await Person.of({ url }, await guestCookie(url));
			const roomId = newRoomId();
			await person.enter(roomId, 'Ana');
			const content = randomBytes(5 * 1024 * 1024);
			const { data, error } = await person.begin(content.length, { roomId }, content, origin);
			expect(error).toBeNull();
			const { file } = data as { file: { fileId: string } };
			const down = await person.fetch(`/api/files/${file.fileId}`);
			expect(Buffer.from(await down.arrayBuffer()).equals(content)).toBe(true);
		});

		/** The code of the answer to a wrong password, of somebody at this address of loopback. */
		const guess = (from: string, madeUp: string) =>
			new Promise<string>((resolve, reject) => {
				const asked = request(
					`${url}/api/account/sign-in`,
					{
						...{ method: 'POST', localAddress: from, agent: false, family: 4 },
						headers: {
							'content-type': 'application/json',
							'x-forwarded-for': madeUp,
							forwarded: `for=${madeUp}`,
							...origin,
						},
					},
					(response) => {
						let said = '';
						response.on('data', (data: Buffer) => (said += data.toString()));
						response.on('end', () => {
							try {
								const answer = JSON.parse(said) as Answer<unknown>;
								resolve(answer.ok ? 'OK' : answer.error.code);
							} catch {
								reject(new Error(`${response.statusCode}: ${said}`));
							}
						});
					},
				);
				asked.once('error', reject);
				asked.end(JSON.stringify({ userName: 'nobody-here', password: 'wrong password' }));
			});

		test('sign-ins count for the address that the proxy saw', async () => {
			const visit = await Visit.guest({ url }, origin);
			expect((await visit.signUp(freshName())).code).toBe('OK');
			const codes: string[] = [];
			for (let i = 0; i < 6; i++) codes.push(await guess('127.5.0.1', `198.51.100.${i}`));
			expect(codes).toEqual([...Array(5).fill('WRONG_CREDENTIALS'), 'TOO_MANY_REQUESTS']);
			expect(await guess('127.6.0.1', '198.51.100.1')).toBe('WRONG_CREDENTIALS');
		});

		test('after a restart of the service behind it all goes on at once', async () => {
			const client = await TestClient.connect({ url }, { headers: origin });
			const dropped = new Promise((resolve) => client.socket.once('disconnect', resolve));
			await service.close();
			await dropped;
			client.close();
			// It is asked while nobody is behind it, and remembers no failure afterwards.
			const away = fetch(`${url}/readyz`).then(({ status }) => status);
			if (name === 'nginx' || name === 'apache') expect([502, 503]).toContain(await away);
			service = await start();
			await away;
			expect((await fetch(`${url}/readyz`)).status).toBe(200);
			await eventually(async () => (await guestCookie(url)) !== '');
			const again = await TestClient.connect({ url }, { headers: origin });
			again.close();
		});
	},
);

describe.each(Object.keys(proxies) as ProxyName[])(
	'behind %s, below the documented path of a host',
	(name) => {
		let service: Service;
		let proxy: ReverseProxy;
		let host: string;
		let url: string;
		let origin: { origin: string };
		beforeAll(async () => {
			const ports = { http: await freePort(), https: await freePort(), service: await freePort() };
			host = `https://localhost:${ports.https}`;
			url = `${host}/meet`;
			origin = { origin: host };
			service = await startService({
				http: { trustProxy: 1, address: '127.0.0.1', port: ports.service, basePath: '/meet' },
			});
			proxy = await ReverseProxy.start(name, ports, certificate.files, 'below');
		});
		afterAll(async () => {
			await proxy?.close();
			await service?.close();
		});

		test('pages and files come, and the rest of the host is not asked of the service', async () => {
			const page = await fetch(`${url}/room/team`);
			expect(page.status).toBe(200);
			const script = /src="(\/meet\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
			expect((await fetch(host + script)).status).toBe(200);
			const first = await fetch(`${host}/meet`);
			expect(first.url).toBe(`${url}/`);
			expect(await first.text()).toContain('data-base="/meet"');
			expect(await (await fetch(`${host}/healthz`)).text()).not.toBe('ok\n');
			const session = await fetch(`${url}/api/session`);
			expect(session.headers.get('set-cookie')).toMatch(/^__Host-parley_session\.meet=/);
		});

		test('a page has its socket, by WebSocket and by polling', async () => {
			for (const transport of ['websocket', 'polling'] as const) {
				const client = await TestClient.connect({ url }, { headers: origin, transport });
				const { admission } = await client.ask('lobby:enter', { roomId: newRoomId() });
				expect(admission).toBe('open');
				client.close();
			}
		});

		test('a file goes up in two requests and comes down', async () => {
			const person = await Person.of({ url }, await guestCookie(url));
			const roomId = newRoomId();
			await person.enter(roomId, 'Ana');
			const begun = await person.begin(10, { roomId }, undefined, origin);
			const address = begun.headers.get('location') ?? '';
			expect(address).toMatch(/^\/meet\/api\/files\//);
			const { data, error } = await person.patch(address.slice('/meet'.length), 0, '0123456789');
			expect(error).toBeNull();
			const { file } = data as { file: { fileId: string } };
			expect(await (await person.fetch(`/api/files/${file.fileId}`)).text()).toBe('0123456789');
		});
	},
);

test('MEDIA-24: behind HAProxy, with the documented file, one port takes pages and media', async () => {
	const ports = { http: await freePort(), https: await freePort(), service: await freePort() };
	const url = `https://localhost:${ports.https}`;
	const service = await startService({
		http: { trustProxy: 1, address: '127.0.0.1', port: ports.service },
		media: { pagesPort: ports.https },
	});
	const proxy = await ReverseProxy.start('haproxy', ports, certificate.files, 'onePort');
	try {
		const page = await fetch(`${url}/room/team`);
		expect(page.headers.get('strict-transport-security')).toContain('max-age');
		const client = await TestClient.connect({ url }, { headers: { origin: url } });
		const { sendTransport } = await client.ask('lobby:enter', { roomId: newRoomId() });
		expect(sendTransport.iceCandidates.at(-1)).toMatchObject({
			protocol: 'tcp',
			port: ports.https,
		});
		const connection = new IceConnection(ports.https);
		expect(await connection.asks(firstMessage(sendTransport))).toBe(true);
		connection.close();
		client.close();
	} finally {
		await proxy.close();
		await service.close();
	}
});
