import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newMessageId, newRoomId, type RoomId } from '../../shared/ids.ts';
import { limits } from '../../shared/limits.ts';
import type { Data } from '../../shared/protocol.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { eventually, type TestClient } from '../support/client.ts';
import { ClusterCast, nodeOf, say, ServiceCluster } from '../support/cluster.ts';
import { FaultyLine } from '../support/faultyLine.ts';
import { isAlive } from '../support/isAlive.ts';

const program = fileURLToPath(new URL('../../sfu/node.ts', import.meta.url));

let cluster: ServiceCluster;
let cast: ClusterCast;
let connect: ClusterCast['connect'];

beforeAll(async () => {
	cluster = await ServiceCluster.start('a', 'b', 'c');
	cast = new ClusterCast(cluster);
	({ connect } = cast);
}, 120_000);
afterEach(() => cast.close());
afterAll(() => cluster.close());

const numberOf = (id: string) => cluster.nodes.findIndex((node) => node.id === id);

const bodiesIn = ({ messages }: Data<'chat:page'>) =>
	messages.flatMap(({ content }) => (content.kind === 'text' ? [content.body] : []));

type Returned = { client: TestClient; state: Data<'room:join'> };

/** Back into the room by way of a node that lives, as a page does it: again and again until it is in. */
async function back(from: TestClient, by: number, roomId: RoomId, name: string): Promise<Returned> {
	const tries: Returned[] = [];
	await eventually(async () => {
		try {
			const client = await connect(by, { place: roomId, cookie: from.cookie });
			tries.push({ client, state: await client.join(roomId, name) });
		} catch {
			// The lease of the node that was killed is not over yet.
		}
		return tries.length > 0;
	});
	const [returned] = tries;
	if (!returned) throw new Error('nobody is back');
	return returned;
}

/** The names of those whom a client sees, besides itself. */
const seenBy = ({ client, state }: Returned) =>
	[...state.peers, ...client.told('peer:joined').map(({ peer }) => peer)]
		.map(({ name }) => name)
		.toSorted();

test('when a node is killed, its rooms go on at another one, with their chat and roles', async () => {
	const roomId = newRoomId();
	const names = ['Ana', 'Bo', 'Cleo', 'Dan'];
	const inside: TestClient[] = [];
	for (const [index, name] of names.entries()) {
		const client = await connect(index % 3, { place: roomId });
		await client.join(roomId, name);
		inside.push(client);
	}
	const [ana] = inside;
	if (!ana) throw new Error('nobody is inside');
	await ana.ask('host:policy', { locked: true });
	await say(ana, roomId, 'before');
	const owner = nodeOf(ana);
	const others = [0, 1, 2].filter((number) => cluster.node(number).id !== owner);
	// A room of another node feels nothing.
	const calm = await connect(others[0] ?? 0);
	await calm.join(newRoomId(), 'Zoe');

	const began = performance.now();
	await cluster.node(numberOf(owner)).kill();
	const returned = await Promise.all(
		inside.map((client, index) => back(client, others[index % 2] ?? 0, roomId, names[index] ?? '')),
	);
	console.log(
		`four were back ${Math.round(performance.now() - began)} ms after their node was killed`,
	);
	for (const [index, one] of returned.entries()) {
		await eventually(() => seenBy(one).length >= 3);
		expect(seenBy(one)).toEqual(names.toSpliced(index, 1));
	}
	const [first] = returned;
	expect(first?.state.you.role).toBe('host');
	// ADMISSION-1: the room is locked still, and who was inside is inside.
	expect(first?.state.room.policy.locked).toBe(true);
	const late = await connect(others[0] ?? 0);
	expect((await late.ask('lobby:enter', { roomId })).admission).toBe('locked');
	const page = await first?.client.ask('chat:page', {
		chat: { roomId },
		from: { kind: 'latest' },
		limit: 50,
	});
	expect(page && bodiesIn(page)).toEqual(['before']);
	expect(new Set(returned.map(({ client }) => nodeOf(client))).size).toBe(1);
	expect(calm.socket.connected).toBe(true);
});

test('while Redis is away, a call and its chat go on, people come in, and afterwards all is as before', async () => {
	const alive = cluster.nodes.findIndex(({ pid }) => isAlive(pid));
	const other = cluster.nodes.findLastIndex(({ pid }) => isAlive(pid));
	const roomId = newRoomId();
	const ana = await connect(alive);
	await ana.join(roomId, 'Ana');
	await ana.ask('chat:open', { roomId });
	cluster.redis.pause();
	try {
		// Longer than a lease.
		await wait(5_000);
		const bo = await connect(alive);
		expect((await bo.join(roomId, 'Bo')).peers.map(({ name }) => name)).toEqual(['Ana']);
		await say(bo, roomId, 'without Redis');
		await ana.until('chat:posted', ({ messages }) =>
			messages.some(({ content }) => content.kind === 'text' && content.body === 'without Redis'),
		);
		// A new room begins at the node at hand.
		const cleo = await connect(other);
		await cleo.join(newRoomId(), 'Cleo');
	} finally {
		cluster.redis.goOn();
	}
	const back = await connect(other, { moves: false });
	await eventually(async () => (await back.codeOf('lobby:enter', { roomId })) === 'ELSEWHERE');
	expect(ana.socket.connected).toBe(true);
	expect(ana.told('room:ended')).toEqual([]);
});

test('PostgreSQL fails over: calls of all nodes go on, and nothing that was acknowledged is lost or there twice', async () => {
	const alive = cluster.nodes.flatMap(({ pid }, number) => (isAlive(pid) ? [number] : []));
	const roomId = newRoomId();
	const people: TestClient[] = [];
	for (const [index, number] of alive.entries()) {
		const client = await connect(number, { place: roomId });
		await client.join(roomId, `Person ${index}`);
		people.push(client);
	}
	const acknowledged: string[] = [];
	const over = new AbortController();
	const writing = people.map(async (client, index) => {
		for (let count = 0; !over.signal.aborted; count++) {
			const body = `${index} ${count}`;
			const draft = { body, replyTo: null, mentions: [], files: [] };
			const post = { chat: { roomId }, messageId: newMessageId(), draft };
			// As a page does: the same message until it is acknowledged.
			while ((await client.codeOf('chat:post', post)) !== 'OK') await wait(100);
			acknowledged.push(body);
			// All of it fits into one page.
			await wait(200);
		}
	});
	await eventually(() => acknowledged.length > 10);
	await cluster.postgres.stop();
	await wait(3_000);
	const during = acknowledged.length;
	await cluster.postgres.resume();
	await eventually(() => acknowledged.length > during + 10);
	over.abort();
	await Promise.all(writing);
	const [first] = people;
	const page = await first?.ask('chat:page', {
		chat: { roomId },
		from: { kind: 'latest' },
		limit: limits.page,
	});
	expect(page && bodiesIn(page).toSorted()).toEqual(acknowledged.toSorted());
	for (const client of people) expect(client.told('room:ended')).toEqual([]);
});

/** One more node that is ready, whose line to Redis a test can cut. */
async function nodeOnLine(id: string) {
	const line = await FaultyLine.to(Number(new URL(cluster.redis.url).port));
	const { url } = await cluster.add(id, { PARLEY_REDIS_URL: `redis://127.0.0.1:${line.port}` });
	const ready = async () => (await fetch(`${url}/readyz`)).status;
	await eventually(async () => (await ready()) === 200);
	return { line, number: cluster.nodes.length - 1, ready };
}

test('a node that alone is cut off from Redis gives up its rooms, and takes part again afterwards', async () => {
	const { line, number, ready } = await nodeOnLine('e');
	try {
		const roomId = newRoomId();
		const ana = await connect(number);
		await ana.join(roomId, 'Ana');
		const ben = await connect(number, { place: roomId });
		await ben.join(roomId, 'Ben');
		await ana.ask('host:policy', { locked: true });
		const other = cluster.nodes.findIndex(({ pid, id }) => id !== 'e' && isAlive(pid));
		const calm = await connect(other);
		await calm.join(newRoomId(), 'Zoe');
		line.cut();
		await eventually(async () => (await ready()) === 503);
		await eventually(() => !ana.socket.connected || nodeOf(ana) !== 'e');
		// Whoever asks this node all the same gets to another one.
		const { client, state } = await back(ana, number, roomId, 'Ana');
		expect(nodeOf(client)).not.toBe('e');
		expect(state.you.role).toBe('host');
		// ADMISSION-1: though the room is locked.
		await back(ben, number, roomId, 'Ben');
		expect(nodeOf(await connect(number))).not.toBe('e');
		expect(calm.told('room:ended')).toEqual([]);
		line.mend();
		await eventually(async () => (await ready()) === 200);
		const again = await connect(number);
		await again.join(newRoomId(), 'Bo');
		expect(nodeOf(again)).toBe('e');
	} finally {
		line.close();
	}
});

test('a node that lost its lease a moment before Redis is back waits for another one, and its people feel nothing', async () => {
	const { line, number, ready } = await nodeOnLine('f');
	try {
		const roomId = newRoomId();
		const ana = await connect(number);
		await ana.join(roomId, 'Ana');
		// The lease of this node is over when Redis comes back, and those of the others are not.
		line.cut();
		await wait(1_500);
		await cluster.redis.stop();
		await wait(1_300);
		await cluster.redis.resume();
		line.mend();
		// It is given a lease 3 s after Redis began, and the others have theirs before.
		for (let second = 0; second < 6; second++) {
			await wait(1_000);
			expect(await ready()).toBe(200);
		}
		await say(ana, roomId, 'still here');
		expect(nodeOf(ana)).toBe('f');
		expect(ana.told('room:ended')).toEqual([]);
	} finally {
		line.close();
	}
});

test('an operator lists the nodes, and has one end from afar: its people go on at another one', async () => {
	await cluster.add('d');
	const env = { ...childEnvironment, PARLEY_REDIS_URL: cluster.redis.url };
	const run = async (...args: string[]) =>
		(await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout;
	const number = cluster.nodes.length - 1;
	const roomId = newRoomId();
	const ana = await connect(number);
	await ana.join(roomId, 'Ana');
	const ben = await connect(number, { place: roomId });
	await ben.join(roomId, 'Ben');
	await ana.ask('host:policy', { locked: true });
	await eventually(async () => /^d: 1 live rooms, 2 people, \d+ % busy /m.test(await run('list')));

	const began = performance.now();
	const drained = run('drain', 'd');
	await ana.until('room:ended');
	const alive = cluster.nodes.findIndex(({ pid, id }) => id !== 'd' && isAlive(pid));
	const { client, state } = await back(ana, alive, roomId, 'Ana');
	console.log(`Ana was back ${Math.round(performance.now() - began)} ms after the drain began`);
	expect(state.you.role).toBe('host');
	// ADMISSION-1: their call is not over, and others have to wait.
	await back(ben, alive, roomId, 'Ben');
	const late = await connect(alive, { place: roomId });
	expect((await late.ask('lobby:enter', { roomId })).admission).toBe('locked');
	expect(await drained).toMatch(/d has ended\.\n$/);
	const { messages } = await client.ask('chat:page', {
		chat: { roomId },
		from: { kind: 'latest' },
		limit: 50,
	});
	expect(JSON.stringify(messages)).not.toContain('"left"');
	await expect(run('drain', 'd')).rejects.toMatchObject({
		stderr: expect.stringContaining('There is no node called "d"') as string,
	});
	await expect(run('end', 'd')).rejects.toMatchObject({ code: 1 });
});
