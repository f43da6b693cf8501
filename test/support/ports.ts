import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections going out, one of which may take a port found free. */
const [first, last] = [10_000, 15_999];

/** A port of loopback on which nobody listens, by TCP or UDP, and that no connection going out gets. */
export async function freePort(): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const port = randomInt(first, last + 1);
		if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port;
	}
	throw new Error(`no port from ${first} to ${last} is free`);
}

function isFreeForTcp(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = createServer();
		probe.once('error', () => resolve(false));
		probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
	});
}

function isFreeForUdp(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = createSocket('udp4');
		probe.once('error', () => probe.close(() => resolve(false)));
		probe.bind(port, '127.0.0.1', () => probe.close(() => resolve(true)));
	});
}
