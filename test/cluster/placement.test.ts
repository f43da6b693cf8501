import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { eventually } from '../support/client.ts';
import { ClusterCast, nodeOf, ServiceCluster } from '../support/cluster.ts';
import { silent } from '../support/stores.ts';

/** What a worker carries at most: with eight people in a room a node is nearly half full. */
const small = { PARLEY_MEDIA_ROOMSPERWORKER: '10', PARLEY_MEDIA_PEERSPERWORKER: '10' };

let cluster: ServiceCluster;
let cast: ClusterCast;
let connect: ClusterCast['connect'];
let redis: RedisConnection;

beforeAll(async () => {
	cluster = await ServiceCluster.start();
	for (const id of ['a', 'b', 'c']) await cluster.add(id, small);
	cast = new ClusterCast(cluster);
	({ connect } = cast);
	redis = await RedisConnection.open(cluster.redis.url, silent);
}, 120_000);
afterEach(() => cast.close());
afterAll(async () => {
	redis.close();
	await cluster.close();
});

type Told = { load: number; workersCpu: number; nodeCpu: number; rooms: number; peers: number };

/** What a node says about itself in Redis. */
const toldBy = async (id: string) =>
	JSON.parse(String(await redis.send('HGET', `parley:node:${id}`, 'says'))) as Told;

/** Waits until these nodes have come to rest after what came before, and every node has heard of it. */
async function rest(...ids: string[]): Promise<void> {
	await eventually(async () => {
		const told = await Promise.all(ids.map(toldBy));
		return told.every(({ load }) => load < 0.05);
	});
	// Nodes look once a second at what others say, and remember for two what they sent to them.
	await wait(2_500);
}

/** How many rooms begin on each node, where so many people open new rooms at one moment by way of the first node. */
async function begin(count: number): Promise<Map<string, number>> {
	const clients = await Promise.all(
		Array.from({ length: count }, () => connect(0, { place: newRoomId() })),
	);
	const rooms = new Map(cluster.nodes.map(({ id }) => [id, 0]));
	for (const client of clients) rooms.set(nodeOf(client), (rooms.get(nodeOf(client)) ?? 0) + 1);
	return rooms;
}

test('fifty new rooms of one moment spread over all nodes, though one is at hand and all are idle', async () => {
	await rest('a', 'b', 'c');
	const rooms = await begin(50);
	console.log('rooms by node:', Object.fromEntries(rooms));
	for (const count of rooms.values()) expect(count).toBeGreaterThan(2);
});

test('a node that is busy gets no new rooms, and those that come to it begin on the others', async () => {
	const roomId = newRoomId();
	const people = [];
	for (let number = 0; number < 8; number++) {
		// The room is at the node where its first one connects: without a place that is this one.
		const client = await connect(0, number === 0 ? {} : { place: roomId });
		await client.join(roomId, `Person ${number}`);
		people.push(client);
	}
	expect(new Set(people.map(nodeOf))).toEqual(new Set(['a']));
	await eventually(async () => {
		const told = await toldBy('a');
		return told.peers === 8 && told.load > 0.4;
	});
	await rest('b', 'c');
	const rooms = await begin(16);
	console.log('rooms by node:', Object.fromEntries(rooms));
	expect(rooms.get('a')).toBe(0);
	for (const id of ['b', 'c']) expect(rooms.get(id)).toBeGreaterThan(0);
});

test('a node tells how busy its processes are, as it measures', async () => {
	const before = await toldBy('b');
	// What costs Node time: many pages that come and go.
	await eventually(async () => {
		await Promise.all(
			Array.from({ length: 20 }, () => fetch(`${cluster.node(1).url}/api/session`)),
		);
		const told = await toldBy('b');
		return told.nodeCpu > before.nodeCpu && told.load >= told.nodeCpu;
	});
	const told = await toldBy('b');
	expect(told.workersCpu).toBeGreaterThanOrEqual(0);
	expect(told.workersCpu).toBeLessThan(1.5);
});

test('a room begins in the region of the person who opens it: that of the node at hand, or the one that a load balancer names', async () => {
	for (const region of ['east', 'west'])
		await cluster.add(region, { ...small, PARLEY_NODE_REGION: region });
	const numberOf = (id: string) => cluster.nodes.findIndex((node) => node.id === id);
	// Nodes look once a second who else is there.
	await wait(2_500);
	const opened = async (id: string, headers = {}) =>
		nodeOf(await connect(numberOf(id), { place: newRoomId(), headers }));
	expect(await opened('east')).toBe('east');
	expect(await opened('west')).toBe('west');
	for (const id of ['a', 'east', 'west'])
		expect(await opened(id, { 'parley-region': 'west' })).toBe('west');
	// Who comes into a room comes to its node.
	const roomId = newRoomId();
	const host = await connect(numberOf('east'), { place: roomId });
	await host.join(roomId, 'Host');
	const far = { place: roomId, headers: { 'parley-region': 'west' } };
	expect(nodeOf(await connect(numberOf('west'), far))).toBe('east');
});
