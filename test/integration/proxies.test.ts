import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { pino } from 'pino';
import { createApp, type App } from '../../sfu/app.ts';
import { newRoomId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { guestCookie, TestClient } from '../support/client.ts';
import { Person } from '../support/person.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

// Hashes are slow to make.
vi.setConfig({ testTimeout: 60_000 });

describe('A-H4, B-10: behind a proxy that appends to X-Forwarded-For', () => {
	let service: Service;
	beforeAll(async () => {
		service = await startService({ http: { trustProxy: true } });
	});
	afterAll(() => service.close());

	/** A wrong password by way of a proxy that adds the second address, from a client that makes up the first. */
	const guess = async (madeUp: number, real: string) => {
		const visit = new Visit(service, { 'x-forwarded-for': `198.51.100.${madeUp}, ${real}` });
		return (await visit.signIn('nobody-here', 'wrong password')).code;
	};

	test('guesses count for the address that the proxy saw', async () => {
		const codes: string[] = [];
		for (let i = 0; i < 8; i++) codes.push(await guess(i, '203.0.113.7'));
		expect(codes.slice(0, 5)).toEqual(Array(5).fill('WRONG_CREDENTIALS'));
		expect(codes.slice(5)).toEqual(Array(3).fill('TOO_MANY_REQUESTS'));
		// The next address of the same network is the same place, and another network is another one.
		expect(await guess(1, '203.0.113.200')).toBe('TOO_MANY_REQUESTS');
		expect(await guess(1, '203.0.114.7')).toBe('WRONG_CREDENTIALS');
	});

	test('an address with its port counts as the address', async () => {
		const codes: string[] = [];
		for (let i = 0; i < 6; i++) codes.push(await guess(i, `192.0.2.9:${4000 + i}`));
		expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS');
	});
});

test.each([
	[['192.0.2.0/24'], false],
	[['127.0.0.0/8'], true],
	[2, true],
	[0, false],
])(
	'A-H4: with trustProxy %j, what a proxy says of HTTPS is believed: %j',
	async (trustProxy, is) => {
		const service = await startService({ http: { trustProxy } });
		try {
			const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
			const response = await fetch(`${service.url}/api/session`, { headers });
			expect(response.headers.get('set-cookie')?.includes('Secure')).toBe(is);
		} finally {
			await service.close();
		}
	},
);

describe('B-19: a change that a page asks for', () => {
	const lines: string[] = [];
	let app: App;
	let url: string;
	beforeAll(async () => {
		const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
		app = await createApp(await testConfig({ http: { trustProxy: 1 } }), log, { lan: false });
		url = `http://127.0.0.1:${await app.listen()}`;
	});
	afterAll(() => app.close());

	const change = async (headers: Record<string, string>) => {
		const person = await Person.of({ url }, await guestCookie(url));
		return person.ask('POST', `/api/rooms/${newRoomId()}/members`, {
			body: { name: 'Ana' },
			headers,
		});
	};
	const origin = 'https://meet.example.org:8443';

	test.each([
		[{ origin, 'x-forwarded-host': 'meet.example.org' }],
		[{ origin, 'x-forwarded-host': 'MEET.example.org:8443, MEET.example.org:8443' }],
		[{ origin, 'x-forwarded-host': 'meet.example.org', 'x-forwarded-port': '8443' }],
		[{ origin, forwarded: 'for=192.0.2.1;host="meet.example.org:8443";proto=https' }],
		[{ origin, 'sec-fetch-site': 'same-origin' }],
	])('is done with %j', async (headers) => {
		expect((await change(headers)).error).toBeNull();
	});

	test('is refused where the headers say too little, in words that name the setting, here and in the log', async () => {
		const { status, error } = await change({ origin });
		expect(status).toBe(403);
		expect(error?.code).toBe('NOT_ALLOWED');
		expect(error?.message).toMatch(/http\.trustProxy.*X-Forwarded-Host.*http\.origins/);
		const told = lines.filter((line) => line.includes('a page was refused'));
		expect(told).toHaveLength(1);
		expect(told[0]).toContain(origin);
		expect(told[0]).toMatch(/"host":"127\.0\.0\.1:\d+"/);
		// The log stays readable where many are refused.
		for (let i = 0; i < 5; i++) await change({ origin });
		expect(lines.filter((line) => line.includes('a page was refused'))).toHaveLength(1);
	});

	test('is done by a socket where it is done by HTTP', async () => {
		const headers = { origin, 'x-forwarded-host': 'meet.example.org' };
		const client = await TestClient.connect({ url }, { headers });
		expect(client.socket.connected).toBe(true);
		client.close();
		await expect(TestClient.connect({ url }, { headers: { origin } })).rejects.toThrow();
	});
});
