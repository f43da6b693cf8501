import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { SlowLine } from '../../load/bench/slowLine.ts';
import { freePort } from '../../support/ports.ts';

const roundTrip = 80;

test('a slow line takes a round trip to open a connection, one for each answer, and one for a packet and its echo', async () => {
	const [httpPort, mediaPort] = [await freePort(), await freePort()];
	const server = createServer((_, response) => response.end('answered'));
	server.listen(httpPort, '127.0.0.1');
	const echo = createSocket('udp4');
	echo.on('message', (packet, { address, port }) => echo.send(packet, port, address));
	echo.bind(mediaPort, '127.0.0.1');
	await Promise.all([once(server, 'listening'), once(echo, 'listening')]);
	const line = await SlowLine.to(httpPort, mediaPort);
	line.roundTrip = roundTrip;
	const client = createSocket('udp4');
	onTestFinished(() => {
		for (const each of [line, server, echo, client]) each.close();
	});

	const began = performance.now();
	const asked = request({ host: SlowLine.address, port: httpPort, agent: false }).end();
	const [response] = await once(asked, 'response');
	response.resume();
	expect(performance.now() - began).toBeGreaterThanOrEqual(2 * roundTrip - 2);

	const sent = performance.now();
	client.send('a packet', mediaPort, SlowLine.address);
	const [packet] = await once(client, 'message');
	expect(String(packet)).toBe('a packet');
	expect(performance.now() - sent).toBeGreaterThanOrEqual(roundTrip - 2);
});
