import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { NodeLease, type NodeState } from '../../sfu/nodes/nodeLease.ts';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { FaultyLine } from '../support/faultyLine.ts';
import { RedisServer } from '../support/redis.ts';
import { silent } from '../support/stores.ts';

const state: NodeState = {
	url: 'http://10.0.0.1:3000',
	version: '1.0.0',
	region: 'west',
	load: 0.25,
	workersCpu: 0.25,
	nodeCpu: 0.1,
	rooms: 3,
	begun: 1,
	peers: 12,
	draining: false,
};

/** Of leases that a test lets run out, and of those that have to last on a busy machine. */
const short = { lease: 1_000, beat: 250, margin: 200 };
const lasting = { lease: 4_000, beat: 250, margin: 200 };

let redis: RedisServer;
let open: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
	redis = await RedisServer.start();
});
afterAll(() => redis.close());
afterEach(async () => {
	for (const close of open.reverse()) await close();
	open = [];
});

/** Waits until the assertions hold. */
const until = (hold: () => void | Promise<void>) =>
	vi.waitFor(hold, { timeout: 30_000, interval: 20 });

/** A connection to Redis, by a line of its own if one is given. */
async function connected(port = redis.port): Promise<RedisConnection> {
	const connection = await RedisConnection.open(`redis://127.0.0.1:${port}`, silent, 500);
	open.push(() => connection.close());
	return connection;
}

async function node(
	id: string,
	port = redis.port,
	times = lasting,
	says = () => state,
): Promise<NodeLease> {
	const lease = new NodeLease(id, await connected(port), says, silent, times);
	open.push(() => lease.close());
	expect(await lease.begin()).toBe(true);
	return lease;
}

/** The name is claimed once the node has a lease: a short one may run out on a busy machine. */
const claimed = (lease: NodeLease, name: string) =>
	vi.waitFor(() => lease.claim(name), { timeout: 30_000, interval: 20 });

describe('a name', () => {
	test('is owned by the first node that claims it, and the others learn by whom', async () => {
		const [a, b] = [await node('a'), await node('b')];
		const { fence } = await a.claim('room team');
		expect(a.fenceOf('room team')).toBe(fence);
		expect(await b.claim('room team')).toEqual({ owner: 'a', isOurs: false, fence });
		expect(b.fenceOf('room team')).toBeNull();
		expect(await b.ownerOf('room team')).toEqual({ owner: 'a', isOurs: false, fence });
		expect(await a.ownerOf('room team')).toEqual({ owner: 'a', isOurs: true, fence });
		expect(await b.ownerOf('room other')).toBeNull();
	});

	test('goes to one node only if two claim it at once', async () => {
		const [a, b] = [await node('a'), await node('b')];
		for (let round = 0; round < 20; round += 1) {
			const claims = await Promise.all([a.claim(`room ${round}`), b.claim(`room ${round}`)]);
			expect(claims.filter(({ isOurs }) => isOurs)).toHaveLength(1);
			expect(new Set(claims.map(({ owner }) => owner)).size).toBe(1);
		}
	});

	test('that was released is free, and its next fencing number is higher', async () => {
		const [a, b] = [await node('a'), await node('b')];
		const before = await a.claim('room team');
		await a.release('room team');
		expect(a.fenceOf('room team')).toBeNull();
		const after = await b.claim('room team');
		expect(after.isOurs).toBe(true);
		expect(after.fence).toBeGreaterThan(before.fence);
	});

	test('is free at once when its node ends in order', async () => {
		const [a, b] = [await node('a'), await node('b')];
		await a.claim('room team');
		await a.close();
		expect((await b.claim('room team')).isOurs).toBe(true);
	});
});

describe('a node', () => {
	test('is known to the others with what it says about itself, until its lease is over', async () => {
		let load = 0.25;
		const line = await FaultyLine.to(redis.port);
		open.push(() => line.close());
		const a = await node('a', line.port, short, () => ({ ...state, load }));
		const b = await node('b');
		const known = async () => (await b.nodes()).find(({ id }) => id === 'a');
		await until(async () => expect(await known()).toMatchObject(state));
		load = 0.5;
		await until(async () => expect(await known()).toMatchObject({ ...state, load: 0.5 }));
		line.cut();
		await until(async () => expect((await b.nodes()).map(({ id }) => id)).toEqual(['b']));
		expect(a.isHeld).toBe(false);
	});

	test('that is heard says so in each beat, and one that is silent is known to be', async () => {
		const line = await FaultyLine.to(redis.port);
		open.push(() => line.close());
		await node('a', line.port);
		const b = await node('b');
		const silenceOf = async (id: string) =>
			(await b.nodes()).find((known) => known.id === id)?.age ?? Number.NaN;
		expect(await silenceOf('a')).toBeLessThan(2_000);
		line.cut();
		await until(async () => expect(await silenceOf('a')).toBeGreaterThan(2_000));
		expect(await silenceOf('b')).toBeLessThan(2_000);
	});

	test('that is cut off from Redis stops to own before another node can, and comes back without its names', async () => {
		const line = await FaultyLine.to(redis.port);
		open.push(() => line.close());
		const [a, b] = [await node('a', line.port, short), await node('b')];
		const before = await claimed(a, 'room team');
		const lost: string[][] = [];
		a.on('lost', (names) => lost.push(names));
		line.silence();
		await until(async () => {
			const { isOurs } = await b.claim('room team');
			expect(isOurs).toBe(true);
		});
		expect(a.fenceOf('room team')).toBeNull();
		expect(lost).toContainEqual(['room team']);
		line.mend();
		await until(() => expect(a.isHeld).toBe(true));
		const { owner, isOurs, fence } = await a.claim('room team');
		expect({ owner, isOurs }).toEqual({ owner: 'b', isOurs: false });
		expect(fence).toBeGreaterThan(before.fence);
	});

	test('that lost its lease and has another one does not own what it owned before', async () => {
		const line = await FaultyLine.to(redis.port);
		open.push(() => line.close());
		const [a, b] = [await node('a', line.port, short), await node('b')];
		const before = await claimed(a, 'room team');
		line.silence();
		await until(() => expect(a.isHeld).toBe(false));
		line.mend();
		await until(() => expect(a.isHeld).toBe(true));
		expect(a.fenceOf('room team')).toBeNull();
		const { isOurs, fence } = await b.claim('room team');
		expect(isOurs).toBe(true);
		expect(fence).toBeGreaterThan(before.fence);
	});

	test('keeps its names and their fencing numbers over a short break of the line', async () => {
		const line = await FaultyLine.to(redis.port);
		open.push(() => line.close());
		const a = await node('a', line.port);
		const { fence } = await a.claim('room team');
		line.cut();
		line.mend();
		await until(async () => expect((await a.claim('room other')).fence).toBeGreaterThan(fence));
		expect(a.fenceOf('room team')).toBe(fence);
	});

	test('is not let in while another one has its id', async () => {
		await node('a');
		const other = new NodeLease('a', await connected(), () => state, silent, short);
		open.push(() => other.close());
		expect(await other.begin()).toBe(false);
	});

	test('gets its id back once the lease of a process that was killed is over', async () => {
		const connection = await connected();
		const killed = new NodeLease('a', connection, () => state, silent, short);
		open.push(() => killed.close());
		expect(await killed.begin()).toBe(true);
		const { fence } = await claimed(killed, 'room team');
		connection.close();
		const a = await node('a');
		expect((await a.claim('room team')).fence).toBeGreaterThan(fence);
	});
});

describe('Redis', () => {
	let own: RedisServer;
	beforeEach(async () => {
		own = await RedisServer.start();
	});
	afterEach(() => own.close());

	test('that was started again empty gets the leases back, and nothing is given away before', async () => {
		const [a, b] = [await node('a', own.port), await node('b', own.port)];
		const { fence } = await a.claim('room team');
		await own.stop();
		await own.resume();
		// No answer before Redis is settled says that somebody else may have it.
		await until(async () =>
			expect(await b.claim('room team')).toEqual({ owner: 'a', isOurs: false, fence }),
		);
		expect(a.fenceOf('room team')).toBe(fence);
		const next = await b.claim('room other');
		expect(next.isOurs).toBe(true);
		expect(next.fence).toBeGreaterThan(fence);
	});

	test('that was started again with what it held before a claim gives the name to nobody else', async () => {
		const [a, b] = [await node('a', own.port), await node('b', own.port)];
		await (await connected(own.port)).send('SAVE');
		const { fence } = await a.claim('room team');
		await own.stop();
		await own.resume();
		await until(async () =>
			expect(await b.claim('room team')).toEqual({ owner: 'a', isOurs: false, fence }),
		);
		expect(a.fenceOf('room team')).toBe(fence);
	});

	test('that lost everything while it ran gets the leases back, too', async () => {
		const [a, b] = [await node('a', own.port), await node('b', own.port)];
		const { fence } = await a.claim('room team');
		const connection = await connected(own.port);
		await connection.send('FLUSHALL');
		await until(async () =>
			expect(await b.claim('room team')).toEqual({ owner: 'a', isOurs: false, fence }),
		);
		expect(a.fenceOf('room team')).toBe(fence);
	});

	test('that is away answers UNAVAILABLE to claims, and is used again once it is back', async () => {
		const a = await node('a', own.port, short);
		await own.stop();
		await expect(a.claim('room team')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		await expect(a.ownerOf('room team')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
		await until(() => expect(a.isHeld).toBe(false));
		await own.resume();
		await until(async () => expect((await a.claim('room team')).isOurs).toBe(true));
	});
});
