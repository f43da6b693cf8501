import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { checkPage } from '../../sfu/doctor/page.ts';
import { freshName, Visit } from '../support/account.ts';
import { TestClient } from '../support/client.ts';
import { metricsToken } from '../support/figure.ts';
import { startProvider, type TestProvider } from '../support/identityProvider.ts';
import { Person } from '../support/person.ts';
import { freePort } from '../support/ports.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

const opens = { accept: 'text/html', 'sec-fetch-dest': 'document' };

let service: Service;
let provider: TestProvider;
/** The service, as its people know it. */
let meet: { url: string };
beforeAll(async () => {
	const own = await freePort();
	provider = await startProvider(await freePort(), [`http://127.0.0.1:${own}/meet`]);
	const { issuer, clientId, clientSecret } = provider;
	service = await startService({
		http: { port: own, basePath: '/meet', trustProxy: 1 },
		embed: { frameAncestors: ['https://example.org'] },
		oidc: { issuer, clientId, clientSecret, name: 'Elsewhere' },
	});
	meet = { url: `${service.url}/meet` };
});
afterAll(async () => {
	await service.close();
	await provider.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
	fetch(`${service.url}${path}`, { headers, redirect: 'manual' });
const redirect = async (path: string) => {
	const { status, headers } = await get(path, opens);
	return [status, headers.get('location')];
};
const addressesIn = (html: string) =>
	[...html.matchAll(/\s(?:href|src|action)="([^"#]+)"/g)].map(([, address = '']) => address);

describe('the pages below a path', () => {
	test.each(['/', '/login', '/next', '/settings', '/room/standup', '/people'])(
		'%s names only what is below it, and all of that is there',
		async (path) => {
			const html = await (await get(`/meet${path}`, opens)).text();
			expect(html).toContain('data-base="/meet"');
			const addresses = new Set(addressesIn(html));
			expect(addresses.size).toBeGreaterThan(5);
			for (const address of addresses) {
				expect(address).toMatch(/^\/meet\//);
				const { status } = await get(address, opens);
				expect([address, status]).toEqual([address, address === '/meet/new' ? 303 : 200]);
			}
		},
	);

	test('scripts import only what is there', async () => {
		const html = await (await get('/meet/', opens)).text();
		const scripts = addressesIn(html).filter((address) => address.endsWith('.js'));
		const imported: string[] = [];
		for (const script of scripts) {
			const text = await (await get(script)).text();
			for (const [, named = ''] of text.matchAll(/["'](\/[\w./-]*_app\/[^"']+)["']/g))
				imported.push(named);
		}
		expect(imported.length).toBeGreaterThan(0);
		for (const address of imported) {
			expect(address).toMatch(/^\/meet\/_app\//);
			expect([address, (await get(address)).status]).toEqual([address, 200]);
		}
	});

	/** The bytes as they come, which `fetch` would unpack. */
	const raw = (path: string, encoding: string) =>
		new Promise<{ content: Buffer; encoding: unknown; etag: unknown }>((resolve, reject) => {
			const headers = { 'accept-encoding': encoding };
			const asked = request(`${service.url}${path}`, { headers }, (response) => {
				const parts: Buffer[] = [];
				response.on('data', (part: Buffer) => parts.push(part));
				response.on('end', () =>
					resolve({
						content: Buffer.concat(parts),
						encoding: response.headers['content-encoding'],
						etag: response.headers.etag,
					}),
				);
			});
			asked.once('error', reject).end();
		});

	test('their compressed copies hold the same, each with an ETag of its own', async () => {
		for (const path of ['/meet/', '/meet/room/standup']) {
			const plain = await raw(path, 'identity');
			const [br, gzip] = [await raw(path, 'br'), await raw(path, 'gzip')];
			expect([plain.encoding, br.encoding, gzip.encoding]).toEqual([undefined, 'br', 'gzip']);
			expect(brotliDecompressSync(br.content).equals(plain.content)).toBe(true);
			expect(gunzipSync(gzip.content).equals(plain.content)).toBe(true);
			expect(new Set([plain.etag, br.etag, gzip.etag]).size).toBe(3);
		}
	});

	test('need no more of the security policy, and rooms alone are framed', async () => {
		const policyOf = async (path: string) =>
			(await get(path, opens)).headers.get('content-security-policy') ?? '';
		expect(await policyOf('/meet/')).toContain("script-src 'self' 'wasm-unsafe-eval'");
		expect(await policyOf('/meet/')).toContain("frame-ancestors 'none'");
		expect(await policyOf('/meet/room/standup')).toContain('frame-ancestors https://example.org');
	});

	test('are installed as what is below the path', async () => {
		const address = `${meet.url}/manifest.webmanifest`;
		const manifest = (await (await fetch(address)).json()) as {
			start_url: string;
			scope: string;
			icons: { src: string }[];
		};
		for (const wanted of [manifest.start_url, manifest.scope])
			expect(new URL(wanted, address).href).toBe(`${meet.url}/`);
		for (const { src } of manifest.icons)
			expect((await fetch(new URL(src, address))).status).toBe(200);
		expect((await get('/meet/service-worker.js')).status).toBe(200);
	});

	test('are where redirects lead', async () => {
		expect(await redirect('/')).toEqual([302, '/meet/']);
		expect(await redirect('/meet?x=1')).toEqual([302, '/meet/?x=1']);
		expect(await redirect('/meet/NEXT?x=1')).toEqual([302, '/meet/next?x=1']);
		expect(await redirect('/meet//room//standup')).toEqual([302, '/meet/room/standup']);
		const [status, room] = await redirect('/meet/new');
		expect(status).toBe(303);
		expect(room).toMatch(/^\/meet\/room\/\w+$/);
	});
});

test.each([
	'/room/standup',
	'/api/session',
	'/meeting/',
	'/metrics/',
	'/_app/x.js',
	'/favicon.svg',
])('%s is not below the path, and the answer names the setting', async (path) => {
	const response = await get(path, opens);
	expect(response.status).toBe(404);
	expect(response.headers.getSetCookie()).toEqual([]);
	expect(await response.text()).toContain('http.basePath');
});

test('probes answer below the path and at the root of the host', async () => {
	for (const base of ['', '/meet']) {
		expect(await (await get(`${base}/healthz`)).text()).toBe('ok\n');
		expect(await (await get(`${base}/readyz?x=1`)).text()).toBe('ready\n');
		expect((await get(`${base}/metrics`)).status).toBe(401);
		const metrics = await get(`${base}/metrics`, { authorization: `Bearer ${metricsToken}` });
		expect(await metrics.text()).toContain('parley_rooms');
	}
});

test('cookies carry the path in their name, and over HTTP as their path', async () => {
	const cookieOf = async (headers: Record<string, string> = {}) =>
		(await get('/meet/api/session', headers)).headers.get('set-cookie');
	expect(await cookieOf()).toMatch(/^parley_session\.meet=.*; Path=\/meet;/);
	expect(await cookieOf({ 'x-forwarded-proto': 'https' })).toMatch(
		/^__Host-parley_session\.meet=.*; Path=\/;/,
	);
});

test('pages have their socket below the path, and none at the root', async () => {
	const client = await TestClient.connect(meet);
	const { admission } = await client.ask('lobby:enter', { roomId: newRoomId() });
	expect(admission).toBe('open');
	client.close();
	const polling = await TestClient.connect(meet, { transport: 'polling' });
	polling.close();
	const { cookie } = client;
	await expect(TestClient.connect(service, { cookie })).rejects.toThrow();
	await expect(TestClient.connect(service, { cookie, transport: 'polling' })).rejects.toThrow();
});

test('an upload has an address below the path, where it goes on', async () => {
	const person = await Person.guest(meet);
	const roomId = newRoomId();
	await person.enter(roomId, 'Ana');
	const begun = await person.begin(10, { roomId, filename: 'a.txt' });
	const address = begun.headers.get('location') ?? '';
	expect(address).toMatch(/^\/meet\/api\/files\/[\w-]+$/);
	const { data } = await person.patch(address.slice('/meet'.length), 0, '0123456789');
	const { file } = data as { file: { fileId: string } };
	expect(await (await person.fetch(`/api/files/${file.fileId}`)).text()).toBe('0123456789');
});

test('a text client meets strangers below the path', async () => {
	const client = await (await Person.guest(meet)).withToken();
	const { data } = await client.ask('POST', '/api/match/start', {
		body: { mode: 'text', agree: rulesVersion },
	});
	expect(data).toMatchObject({ state: 'waiting' });
	await client.ask('POST', '/api/match/stop', { body: {} });
});

test('an identity provider sends people back to below the path', async () => {
	const visit = await Visit.guest(meet);
	const started = await visit.fetch('/api/account/oidc/start?next=%2Fsettings');
	expect(visit.held('parley_sign_in.meet')).toBeDefined();
	let address = started.headers.get('location') ?? '';
	expect(new URL(address).searchParams.get('redirect_uri')).toBe(
		`${meet.url}/api/account/oidc/callback`,
	);
	const [there, login] = [new Visit({ url: provider.issuer }), freshName('ada')];
	for (let step = 0; step < 12 && !address.startsWith(meet.url); step++) {
		const page = await there.fetch(address);
		const prompt = /name="prompt" value="(\w+)"/.exec(await page.text())?.[1] ?? '';
		const body = new URLSearchParams({ prompt, login, password: 'any' });
		const answer =
			page.status === 200 ? await there.fetch(address, { method: 'POST', body }) : page;
		address = new URL(answer.headers.get('location') ?? '', address).href;
	}
	const back = await visit.fetch(address);
	const query = new URLSearchParams({ 'signed-in': '', next: '/settings' }).toString();
	expect(back.headers.get('location')).toBe(`/meet/login?${query}`);
	expect(await visit.self()).toMatchObject({ account: { userName: login } });
});

test('the doctor opens the page below the path, and says when it is asked for another', async () => {
	const config = await testConfig({ http: { basePath: '/meet' } });
	const look = (address: string) =>
		checkPage({
			config,
			page: new URL(address),
			pid: null,
			backups: '',
			mediaPaths: async () => [],
		});
	expect((await look(`${meet.url}/`)).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
	expect(await look(`${service.url}/`)).toMatchObject([
		{ state: 'failed', seen: expect.stringContaining('http.basePath is "/meet"') as string },
	]);
});
