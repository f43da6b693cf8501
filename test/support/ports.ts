import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections going out, one of which may take a port found free. */
const [first, last] = [10_000, 15_999];

/**
 * A port of loopback on which nobody listens, by TCP or UDP, and that no connection going out gets.
 *
 * @param count how many ports from this one on are to be so.
 */
export async function freePort(count = 1): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const port = randomInt(first, last + 2 - count);
		const ports = Array.from({ length: count }, (_, index) => port + index);
		const free = ports.map(async (one) => (await isFreeForTcp(one)) && isFreeForUdp(one));
		if ((await Promise.all(free)).every(Boolean)) return port;
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
