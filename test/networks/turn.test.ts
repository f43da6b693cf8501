import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newPersonId } from '../../shared/ids.ts';
import { IceServers } from '../../sfu/media/worker/iceServers.ts';
import { TurnClient, type TurnCredentials } from '../../sfu/doctor/turnClient.ts';
import { lineTo, streamLine } from '../../sfu/doctor/turnLine.ts';
import { configOnLoopback, Coturn, documentedConfig, settingOf } from '../support/coturn.ts';
import { freePort } from '../support/ports.ts';

const config = documentedConfig();
const secret = settingOf(config, 'static-auth-secret');
const denied = 403;
const unauthorized = 401;

let coturn: Coturn;
let [port, tlsPort] = [0, 0];
beforeAll(async () => {
	[port, tlsPort] = [await freePort(), await freePort()];
	coturn = await Coturn.start(configOnLoopback(port, tlsPort));
});
afterAll(() => coturn?.close());

/** What the service tells a person of the TURN server. */
function told(knows = secret): TurnCredentials {
	const iceServers = new IceServers({
		iceServers: [],
		turn: { urls: ['turn:turn.example.org'], secret: knows },
	});
	return iceServers.of(newPersonId())[0] ?? {};
}

const clients: TurnClient[] = [];
afterAll(() => {
	for (const client of clients) client.close();
});
async function client(credentials = told()): Promise<TurnClient> {
	const line = await lineTo({ host: '127.0.0.1', port, transport: 'tcp' });
	const one = new TurnClient(line, credentials);
	clients.push(one);
	return one;
}

describe('MEDIA-18, A-M1: Debian’s coturn with the documented file', () => {
	test('takes the credentials that the service makes, over TLS too', async () => {
		expect(await (await client()).allocate()).toBeNull();
		const socket = connect({ host: '127.0.0.1', port: tlsPort, rejectUnauthorized: false });
		await once(socket, 'secureConnect');
		const secure = new TurnClient(streamLine(socket), told());
		clients.push(secure);
		expect(await secure.allocate()).toBeNull();
	});

	test('takes no credentials of another secret, none that are over, and none of somebody else', async () => {
		expect(await (await client(told('another secret'))).allocate()).toBe(unauthorized);
		const { username = '', credential } = told();
		const over = username.replace(/^\d+/, String(Math.floor(Date.now() / 1000) - 1));
		const other = username.replace(/:.*/, ':somebody');
		const later = username.replace(/^\d+/, (expiry) => String(Number(expiry) + 3600));
		for (const name of [over, other, later])
			expect(await (await client({ username: name, credential })).allocate()).toBe(unauthorized);
		expect(await (await client({})).allocate()).toBe(unauthorized);
	});

	test('relays to the addresses of the service', async () => {
		const ipv4 = await client();
		expect(await ipv4.allocate()).toBeNull();
		expect(await ipv4.permission('203.0.113.5')).toBeNull();
		const ipv6 = await client();
		expect(await ipv6.allocate(6)).toBeNull();
		expect(await ipv6.permission('2001:db8::5')).toBeNull();
	});

	test.each([
		['loopback', '127.0.0.1', 4],
		['another one of loopback', '127.1.2.3', 4],
		['nowhere, which means this machine', '0.0.0.0', 4],
		['a private network', '10.0.0.1', 4],
		['a private network', '172.16.0.1', 4],
		['a private network', '192.168.1.1', 4],
		['a carrier’s network', '100.64.0.1', 4],
		['a link, where clouds keep secrets', '169.254.169.254', 4],
		['many', '224.0.0.1', 4],
		['everybody', '255.255.255.255', 4],
		['the relay itself', '203.0.113.6', 4],
		['somebody on the internet', '8.8.8.8', 4],
		['loopback', '::1', 6],
		['nowhere, which means this machine', '::', 6],
		['loopback in the form of IPv6', '::ffff:127.0.0.1', 6],
		['a private network in the form of IPv6', '::ffff:10.0.0.1', 6],
		['the service in the form of IPv6', '::ffff:203.0.113.5', 6],
		['a private network by NAT64', '64:ff9b::a00:1', 6],
		['a private network', 'fd00::1', 6],
		['a link', 'fe80::1', 6],
		['many', 'ff02::1', 6],
		['somebody on the internet', '2606:4700:4700::1111', 6],
	] as const)('does not relay to %s: %s', async (_what, address, family) => {
		const one = await client();
		expect(await one.allocate(family)).toBeNull();
		expect(await one.permission(address)).toBe(denied);
		// It goes on for the service.
		expect(await one.permission(family === 4 ? '203.0.113.5' : '2001:db8::5')).toBeNull();
	});

	test('makes no connections over TCP for anybody', async () => {
		expect(await (await client()).allocate(4, 'tcp')).not.toBeNull();
	});

	test('gives one person so many relays and no more, and others theirs', async () => {
		const quota = Number(settingOf(config, 'user-quota'));
		const mine = told();
		for (let i = 0; i < quota; i++) expect(await (await client(mine)).allocate()).toBeNull();
		expect(await (await client(mine)).allocate()).toBe(486);
		expect(await (await client()).allocate()).toBeNull();
	});
});
