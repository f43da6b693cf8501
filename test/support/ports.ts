import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections going out, one of which may take a port found free. */
const [lowest, highest] = [10_000, 15_999];
/** Test files that run at once look in ranges of their own, so that none takes what another one found free. So do their processes. */
const ranges = 6;
const size = (highest + 1 - lowest) / ranges;
export const runner = Number(
	process.env['VITEST_POOL_ID'] ?? process.env['TEST_PARALLEL_INDEX'] ?? 0,
);
const first = lowest + (runner % ranges) * size;
const last = first + size - 1;
/** The ports given last: nobody may listen on them yet. */
const given: number[] = [];
const remembered = 100;

/**
 * A port of loopback on which nobody listens, by TCP or UDP, and that no connection going out gets.
 *
 * @param count how many ports from this one on are to be so.
 */
export async function freePort(count = 1): Promise<number> {
	for (let attempt = 0; attempt < 100; attempt += 1) {
		const port = randomInt(first, last + 2 - count);
		const ports = Array.from({ length: count }, (_, index) => port + index);
		if (ports.some((one) => given.includes(one))) continue;
		const free = ports.map(async (one) => (await isFreeForTcp(one)) && isFreeForUdp(one));
		if (!(await Promise.all(free)).every(Boolean)) continue;
		given.push(...ports);
		given.splice(0, given.length - remembered);
		return port;
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
