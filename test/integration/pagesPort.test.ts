import { randomBytes } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import type { TransportOptions } from '../../shared/rtp.ts';
import { Cast, eventually, guestCookie, type TestClient } from '../support/client.ts';
import { figure } from '../support/figure.ts';
import { firstMessage, IceConnection } from '../support/iceOverTcp.ts';
import { Person } from '../support/person.ts';
import { freePort } from '../support/ports.ts';
import { startService, type Service } from '../support/service.ts';
import { TestCertificate } from '../support/testCertificate.ts';

/** How many connections one network may hold, that of a client and that of the metrics among them. */
const mostOfNetwork = 60;

let port = 0;
const connections: IceConnection[] = [];
/** A connection to the port of the pages. */
function open(): IceConnection {
	const connection = new IceConnection(port);
	connections.push(connection);
	return connection;
}
afterEach(() => {
	for (const connection of connections.splice(0)) connection.close();
});

/** A client in a lobby, and where it is to send. */
async function entered(cast: Cast): Promise<{ client: TestClient; transport: TransportOptions }> {
	const client = await cast.connect();
	const { sendTransport } = await client.ask('lobby:enter', { roomId: cast.roomId });
	return { client, transport: sendTransport };
}

/** A large file goes up and comes down: many packets of one connection. */
async function takesFile(to: Pick<Service, 'url'>): Promise<void> {
	const person = await Person.of(to, await guestCookie(to.url));
	const roomId = newRoomId();
	await person.enter(roomId, 'Ana');
	const content = randomBytes(3 * 1024 * 1024);
	const { data, error } = await person.begin(content.length, { roomId }, content);
	expect(error).toBeNull();
	const { file } = data as { file: { fileId: string } };
	const down = await person.fetch(`/api/files/${file.fileId}`);
	expect(Buffer.from(await down.arrayBuffer()).equals(content)).toBe(true);
}

describe('MEDIA-24, HTTP-13: with media.pagesPort, the port of the pages', () => {
	let service: Service;
	let cast: Cast;
	beforeAll(async () => {
		port = await freePort();
		service = await startService({
			http: { port },
			media: { pagesPort: port },
			limits: { connectionsPerAddress: mostOfNetwork },
		});
		cast = new Cast(service);
	});
	afterEach(async () => {
		cast.close();
		await eventually(async () => (await figure(service, 'parley_pages_port_media')) === 0);
		cast = new Cast(service);
	});
	afterAll(() => service.close());

	test('is told as the last way to each address', async () => {
		const { transport } = await entered(cast);
		const told = transport.iceCandidates.map(({ protocol, port: to }) => ({ protocol, to }));
		const [{ to: mediaPort } = { to: 0 }] = told;
		expect(told).toEqual([
			{ protocol: 'udp', to: mediaPort },
			{ protocol: 'tcp', to: mediaPort },
			{ protocol: 'tcp', to: port },
		]);
		expect(transport.iceCandidates.at(-1)).toMatchObject({ tcpType: 'passive' });
		const priorities = transport.iceCandidates.map(({ priority }) => priority);
		expect(priorities).toEqual(priorities.toSorted((one, other) => other - one));
		expect(new Set(priorities).size).toBe(3);
	});

	test('leads to the worker that has the transport, however the first message comes', async () => {
		const { transport } = await entered(cast);
		expect(await open().asks(firstMessage(transport))).toBe(true);
		for (const cut of [1, 2, 9, 21, 30]) {
			const connection = open();
			const message = firstMessage(transport);
			expect(await connection.asks(message, cut)).toBe(true);
		}
		expect(await figure(service, 'parley_pages_port_media')).toBeGreaterThan(0);
	});

	test('leads to a transport by its newest credentials, and keeps what is there', async () => {
		const { client, transport } = await entered(cast);
		const first = open();
		expect(await first.asks(firstMessage(transport))).toBe(true);
		const restarted = await client.ask('media:restart-ice', { direction: 'send' });
		expect(await open().asks(firstMessage(restarted))).toBe(true);
		expect(await open().asks(firstMessage(transport))).toBe(false);
		expect(await first.asks(firstMessage(restarted))).toBe(true);
	});

	test('closes a connection with the transport that it leads to', async () => {
		const { client, transport } = await entered(cast);
		const connection = open();
		expect(await connection.asks(firstMessage(transport))).toBe(true);
		client.close();
		await connection.closed;
		expect(await open().asks(firstMessage(transport))).toBe(false);
	});

	test('closes at once what leads nowhere', async () => {
		const { transport } = await entered(cast);
		const { password } = transport.iceParameters;
		const unknown = firstMessage({ iceParameters: { usernameFragment: 'nobody', password } });
		for (const bytes of [unknown, Buffer.alloc(2000), Buffer.from([0x02, 0x59])]) {
			const connection = open();
			connection.socket.write(bytes);
			expect((await connection.closed).length).toBe(0);
		}
	});

	test('leads 16 connections to one transport, and closes more', async () => {
		const { transport } = await entered(cast);
		const { usernameFragment } = transport.iceParameters;
		// The worker refuses these, and leaves their connections open.
		const refused = firstMessage({ iceParameters: { usernameFragment, password: 'wrong' } });
		for (let count = 1; count <= 16; count++) open().socket.write(refused);
		await eventually(async () => (await figure(service, 'parley_pages_port_media')) === 16);
		const good = firstMessage(transport);
		expect(await open().asks(good)).toBe(false);
		connections[0]?.close();
		await eventually(async () => (await figure(service, 'parley_pages_port_media')) === 15);
		expect(await open().asks(good)).toBe(true);
	});

	test('counts connections with media among those of their network, from their first byte on', async () => {
		for (let count = 1; count <= mostOfNetwork; count++) open().socket.write(Buffer.from([0x00]));
		const closed = connections.map((one, index) => one.closed.then(() => index));
		// Those that came last are closed at once, and not the first one for its silence.
		expect(await Promise.race(closed)).toBeGreaterThan(mostOfNetwork / 2);
	});

	test('serves the pages as ever, and takes files', async () => {
		const answer = await fetch(`${service.url}/healthz`);
		expect(await answer.text()).toBe('ok\n');
		await takesFile(service);
	});
});

describe('MEDIA-24: with media.pagesPort and HTTPS, the port of the pages', () => {
	let service: Service;
	let certificate: TestCertificate;
	const trusted = getCACertificates('default');
	beforeAll(async () => {
		port = await freePort();
		certificate = await TestCertificate.make();
		const { cert, key } = certificate.files;
		setDefaultCACertificates([...trusted, certificate.text]);
		service = await startService({
			http: { port, certificate: cert, key },
			media: { pagesPort: port },
		});
	});
	afterAll(async () => {
		setDefaultCACertificates(trusted);
		await service?.close();
		certificate?.close();
	});

	test('takes media beside TLS', async () => {
		const to = { url: `https://localhost:${port}` };
		await takesFile(to);
		const cast = new Cast(to);
		const { transport } = await entered(cast);
		expect(await open().asks(firstMessage(transport))).toBe(true);
		cast.close();
	});
});

test('MEDIA-24: a service that closes ends the connections with media', async () => {
	port = await freePort();
	const service = await startService({ http: { port }, media: { pagesPort: port } });
	const cast = new Cast(service);
	const { transport } = await entered(cast);
	const connection = open();
	expect(await connection.asks(firstMessage(transport))).toBe(true);
	await Promise.all([connection.closed, service.close()]);
	cast.close();
});

test('MEDIA-24: without media.pagesPort, the port of the pages takes no media', async () => {
	port = await freePort();
	const service = await startService({ http: { port } });
	const cast = new Cast(service);
	const { transport } = await entered(cast);
	expect(transport.iceCandidates.some((one) => one.port === port)).toBe(false);
	expect(await open().asks(firstMessage(transport))).toBe(false);
	cast.close();
	await service.close();
});
