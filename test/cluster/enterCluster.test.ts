import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { enterCluster, type Cluster } from '../../sfu/nodes/enterCluster.ts';
import { loadNodeId } from '../../sfu/nodes/nodeId.ts';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { StartError } from '../../sfu/platform/startError.ts';
import { freePort } from '../support/ports.ts';
import { RedisServer } from '../support/redis.ts';
import { silent } from '../support/stores.ts';

const state = {
	...{ url: '', version: '1.0.0', region: '', draining: false },
	...{ load: 0, workersCpu: 0, nodeCpu: 0, rooms: 0, begun: 0, peers: 0 },
};
/** Of nodes that wait for the end of a lease, and of those that have to stay on a busy machine. */
const short = { lease: 1_000, beat: 250, margin: 200 };
const lasting = { lease: 4_000, beat: 250, margin: 200 };

let redis: RedisServer;
let admin: RedisConnection;
const open: Cluster[] = [];

beforeAll(async () => {
	redis = await RedisServer.start();
	admin = await RedisConnection.open(redis.url, silent);
});
afterEach(async () => {
	vi.useRealTimers();
	for (const cluster of open.splice(0)) await cluster.close();
	await admin.send('DEL', 'parley:version');
});
afterAll(async () => {
	admin.close();
	await redis.close();
});

async function enter(redisUrl = redis.url, nodeId = 'a', times = short): Promise<Cluster> {
	const cluster = await enterCluster({ redisUrl, nodeId }, () => state, silent, times);
	open.push(cluster);
	return cluster;
}

/** The sentence with which a start fails. */
async function refusal(redisUrl?: string, nodeId?: string): Promise<string> {
	const failure: unknown = await enter(redisUrl, nodeId).catch((error: unknown) => error);
	if (!(failure instanceof StartError)) throw new Error('it started', { cause: failure });
	return failure.message;
}

test('a node that enters has a lease, and the others know it until it closes', async () => {
	const [a, b] = [await enter(redis.url, 'a', lasting), await enter(redis.url, 'b', lasting)];
	expect(a.lease.isHeld).toBe(true);
	expect((await b.lease.nodes()).map(({ id }) => id).toSorted()).toEqual(['a', 'b']);
	await a.close();
	await a.close();
	expect((await b.lease.nodes()).map(({ id }) => id)).toEqual(['b']);
});

test('a start without Redis fails with a sentence that names the place, without its password', async () => {
	const port = await freePort();
	expect(await refusal(`redis://parley:secret@127.0.0.1:${port}/2`)).toBe(
		`redis.url: the Redis at 127.0.0.1:${port}/2 cannot be used: no Redis listens there.`,
	);
});

test('a start fails with a sentence if what listens there does not answer', async () => {
	const mute = createServer(() => undefined);
	await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
	const { port } = mute.address() as AddressInfo;
	try {
		expect(await refusal(`redis://127.0.0.1:${port}`)).toBe(
			`redis.url: the Redis at 127.0.0.1:${port} cannot be used: it does not answer.`,
		);
	} finally {
		mute.close();
	}
});

test('a start fails with a sentence if the password is wrong', async () => {
	await admin.send('ACL', 'SETUSER', 'parley', 'on', '>right', '~*', '+@all');
	expect(await refusal(`redis://parley:wrong@127.0.0.1:${redis.port}`)).toBe(
		`redis.url: the Redis at 127.0.0.1:${redis.port} cannot be used: the user name or the password is wrong.`,
	);
	await enter(`redis://parley:right@127.0.0.1:${redis.port}`);
});

test('a start fails with a sentence if Redis holds the data of another version', async () => {
	await admin.send('SET', 'parley:version', '2');
	expect(await refusal()).toContain('holds the data of another version of Parley (2, not 1)');
});

test('a start fails with a sentence if Redis drops data when its memory is full', async () => {
	await admin.send('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
	try {
		expect(await refusal()).toContain('set maxmemory-policy to noeviction');
	} finally {
		await admin.send('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
	}
	await enter();
});

test.for([-30, 30])('a start fails with a sentence if the clock is %i s off', async (seconds) => {
	vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
	expect(await refusal()).toMatch(/has another time than this machine, by (?:29|30|31) s/);
});

test('a start fails with a sentence that names node.id if a node with this id runs', async () => {
	await enter(redis.url, 'twin', lasting);
	expect(await refusal(redis.url, 'twin')).toMatch(
		/^node\.id: a node called "twin" runs already\./,
	);
});

test('the id of a node is made once and kept in the data folder', () => {
	const folder = mkdtempSync(join(tmpdir(), 'parley-node-id-'));
	try {
		const id = loadNodeId(folder);
		expect(id).toMatch(/^node-[0-9a-f]{8}$/);
		expect(loadNodeId(folder)).toBe(id);
		expect(readFileSync(join(folder, 'node-id'), 'utf8')).toBe(id);
		writeFileSync(join(folder, 'node-id'), 'no id\n');
		expect(() => loadNodeId(folder)).toThrow('the file node-id holds no id: delete it');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
});
