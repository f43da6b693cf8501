/**
 * A process between people and the media port of the service: it delays what passes by UDP, lets it overtake itself, and
 * gives people another source port, as a router does. Its parent says by messages how. TCP passes as it is.
 */

import { connect, createServer } from 'node:net';
import { createSocket, type Socket } from 'node:dgram';
import type { RelayOrder, RelayStart } from './lineRelay.ts';
import '../endsWithParent.ts';

const { port, announced, listened } = JSON.parse(process.argv[2] ?? '') as RelayStart;

/** How the packets of a person are delayed, in ms, in each direction; by their address. */
const delays = new Map<string, { delay: number; jitter: number }>();

/** What stands for each port of a person at the service. */
const outsides = new Map<string, Socket>();

function later(address: string, pass: () => void): void {
	const { delay, jitter } = delays.get(address) ?? { delay: 0, jitter: 0 };
	if (delay + jitter === 0) pass();
	else setTimeout(pass, delay + Math.random() * jitter);
}

const inside = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });

function outsideOf(address: string, from: number): Socket {
	const key = `${address}:${from}`;
	const known = outsides.get(key);
	if (known) return known;
	const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 });
	socket.on('message', (packet) => later(address, () => inside.send(packet, from, address)));
	outsides.set(key, socket);
	return socket;
}

inside.on('message', (packet, { address, port: from }) =>
	later(address, () => outsideOf(address, from).send(packet, port, listened)),
);

createServer((near) => {
	const far = connect(port, listened);
	near.on('error', () => far.destroy());
	far.on('error', () => near.destroy());
	near.pipe(far).pipe(near);
}).listen(port, announced, () => inside.bind(port, announced, () => process.send?.('ready')));

process.on('message', (order: RelayOrder) => {
	if (order.kind === 'delay') delays.set(order.address, order);
	// What the service sends to the old ports from now on comes to nobody.
	else
		for (const [key, socket] of outsides)
			if (key.startsWith(`${order.address}:`)) {
				outsides.delete(key);
				socket.close();
			}
	process.send?.('done');
});
