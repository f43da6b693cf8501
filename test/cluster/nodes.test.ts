import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { Visit } from '../support/account.ts';
import { Balancer } from '../support/balancer.ts';
import { eventually, guestCookie } from '../support/client.ts';
import { ClusterCast, nodeOf, say, ServiceCluster } from '../support/cluster.ts';
import { Person } from '../support/person.ts';
import { serviceFolder, startServiceProcess } from '../support/serviceProcess.ts';

let cluster: ServiceCluster;
let cast: ClusterCast;
let connect: ClusterCast['connect'];
/** The cookie of an administrator. */
let root: string;

beforeAll(async () => {
	cluster = await ServiceCluster.start();
	const settings = { PARLEY_ACCOUNTS_ADMINISTRATORS: '["root"]' };
	for (const id of ['a', 'b', 'c']) await cluster.add(id, settings);
	root = (await Visit.account(cluster.node(0), 'root')).cookie;
	cast = new ClusterCast(cluster);
	({ connect } = cast);
}, 120_000);
afterEach(() => cast.close());
afterAll(() => cluster.close());

test('people who come to different nodes meet in one room', async () => {
	const roomId = newRoomId();
	const [ana, bo, cleo] = [
		await connect(0, { place: roomId }),
		await connect(1, { place: roomId }),
		await connect(2, { place: roomId }),
	];
	await ana.join(roomId, 'Ana');
	await bo.join(roomId, 'Bo');
	const { peers } = await cleo.join(roomId, 'Cleo');
	expect(peers.map(({ name }) => name).toSorted()).toEqual(['Ana', 'Bo']);
	await ana.until('peer:joined', ({ peer }) => peer.name === 'Cleo');
	await bo.ask('chat:open', { roomId });
	await say(cleo, roomId, 'good morning');
	await bo.until('chat:posted', ({ messages }) =>
		messages.some(({ content }) => content.kind === 'text'),
	);
});

test('CONN-15: a client on a node that does not have the room is told so, and gets in by naming it', async () => {
	const roomId = newRoomId();
	const ana = await connect(0);
	await ana.join(roomId, 'Ana');
	const bo = await connect(1, { moves: false });
	expect(await bo.codeOf('lobby:enter', { roomId })).toBe('ELSEWHERE');
	const again = await connect(1, { place: roomId, cookie: bo.cookie });
	expect(nodeOf(again)).toBe('a');
	expect((await again.join(roomId, 'Bo')).peers.map(({ name }) => name)).toEqual(['Ana']);
});

test('long polling finds its node, whichever one is asked, beside others who poll', async () => {
	const roomId = newRoomId();
	const balancer = await Balancer.before(() =>
		cluster.nodes.map(({ url }) => Number(new URL(url).port)),
	);
	try {
		const polling = [];
		for (const [index, name] of ['Ana', 'Bo', 'Cleo'].entries()) {
			const client = await cast.connectTo(balancer, {
				transport: 'polling',
				place: roomId,
				// Each is another client to the node that has the room.
				from: `127.0.0.${10 + index}`,
			});
			await client.join(roomId, name);
			polling.push(client);
		}
		const [ana, bo, cleo] = polling;
		await bo?.ask('chat:open', { roomId });
		for (let line = 0; line < 5; line++) if (cleo) await say(cleo, roomId, `line ${line}`);
		await bo?.until('chat:posted', ({ messages }) =>
			messages.some(({ content }) => content.kind === 'text' && content.body === 'line 4'),
		);
		await ana?.until('peer:joined', ({ peer }) => peer.name === 'Cleo');
	} finally {
		cast.close();
		await balancer.close();
	}
});

test('only nodes may pass something on to a node, and who tries does no harm', async () => {
	const url = await cluster.addressOf('a');
	const headers = { 'parley-node': 'x'.repeat(43), 'parley-peer': '10.0.0.1' };
	expect((await fetch(`${url}/api/match/start`, { method: 'POST', headers })).status).toBe(403);
	expect((await fetch(`${url}/healthz`)).status).toBe(403);
	for (let attempt = 0; attempt < 20; attempt++) {
		const socket = connectTo(Number(new URL(url).port), '127.0.0.1');
		await once(socket, 'connect');
		const asked = 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n';
		socket.write(`${asked}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
		if (attempt % 2 === 0) await once(socket, 'data');
		socket.resetAndDestroy();
	}
	expect((await fetch(`${cluster.node(0).url}/healthz`)).status).toBe(200);
});

test('a guest of one node is the same person on another', async () => {
	const cookie = await guestCookie(cluster.node(0).url);
	const selves = await Promise.all(
		cluster.nodes.map(async ({ url }) => {
			const response = await fetch(`${url}/api/session`, { headers: { cookie } });
			return ((await response.json()) as { data: { personId: string } }).data.personId;
		}),
	);
	expect(new Set(selves).size).toBe(1);
});

test('what is written through one node is told on all others, in its order', async () => {
	const roomId = newRoomId();
	const [ana, bo] = [await connect(0), await connect(1)];
	await ana.ask('chat:enter', { roomId, name: 'Ana' });
	await bo.ask('chat:enter', { roomId, name: 'Bo' });
	for (const client of [ana, bo]) await client.ask('chat:open', { roomId });
	const bodies = Array.from({ length: 20 }, (_, number) => `line ${number}`);
	for (const body of bodies) await say(ana, roomId, body);
	await bo.until('chat:posted', ({ messages }) =>
		messages.some(({ content }) => content.kind === 'text' && content.body === 'line 19'),
	);
	const heard = bo.told('chat:posted').flatMap(({ messages }) => messages);
	expect(heard.flatMap(({ content }) => (content.kind === 'text' ? [content.body] : []))).toEqual(
		bodies,
	);
});

test('a person who signs out everywhere is signed out on all nodes', async () => {
	const cookie = await guestCookie(cluster.node(0).url);
	const pages = await Promise.all([0, 1, 2].map((number) => connect(number, { cookie })));
	const { status } = await fetch(`${cluster.node(1).url}/api/account/sign-out`, {
		method: 'POST',
		headers: { cookie, 'content-type': 'application/json' },
		body: JSON.stringify({ everywhere: true }),
	});
	expect(status).toBe(200);
	for (const page of pages) await page.until('session:ended');
	await expect(connect(2, { cookie })).rejects.toThrow();
});

test('CHAT-7, CHAT-18: what a host decides about messages holds on every node', async () => {
	const roomId = newRoomId();
	const host = await connect(0, { place: roomId });
	await host.join(roomId, 'Host');
	const bo = await connect(1);
	const tab = await connect(2, { cookie: bo.cookie });
	await bo.ask('chat:enter', { roomId, name: 'Bo' });
	for (const client of [host, bo, tab]) await client.ask('chat:open', { roomId });
	const chat = { roomId };
	await say(bo, roomId, 'rude');
	const { messages } = await host.until('chat:posted', (told) =>
		told.messages.some(({ content }) => content.kind === 'text'),
	);
	const messageId = messages.find(({ content }) => content.kind === 'text')?.messageId ?? '';
	await host.ask('chat:delete', { chat, messageId });
	for (const client of [bo, tab]) {
		const { message } = await client.until('chat:changed');
		expect(message.content).toEqual({ kind: 'deleted', byHost: true });
	}
	await host.ask('host:policy', { slowMode: 300 });
	for (const client of [bo, tab]) await client.until('chat:slowed');
	for (const client of [bo, tab]) {
		const post = { chat, messageId: newMessageId(), draft: { body: 'again' } };
		expect(await client.codeOf('chat:post', post)).toBe('SLOW_MODE');
	}
});

test('a person is present as long as a page is open on any node', async () => {
	const roomId = newRoomId();
	const ana = await connect(0);
	const [here, there] = [await connect(1), await connect(2)];
	const again = await connect(2, { cookie: here.cookie });
	await ana.ask('people:enter', { name: 'Ana', idle: false });
	const { personId } = await here.ask('people:enter', { name: 'Bo', idle: true });
	await again.ask('people:enter', { name: 'Bo', idle: false });
	for (const [client, name] of [
		[ana, 'Ana'],
		[here, 'Bo'],
	] as const)
		await client.ask('chat:enter', { roomId, name });
	await there.ask('people:enter', { name: 'Cleo', idle: false });
	const { people } = await ana.ask('people:open', {});
	expect(people).toMatchObject([{ personId, name: 'Bo', state: 'available' }]);
	again.close();
	await ana.until('people:state', (told) => told.personId === personId && told.state === 'away');
	here.close();
	await ana.until('people:state', (told) => told.personId === personId && told.state === 'offline');
});

test('strangers who come to different nodes meet', async () => {
	const [ann, ben] = [await connect(0), await connect(1)];
	for (const client of [ann, ben]) {
		await client.ask('match:enter', { media: false });
		await client.ask('match:start', { mode: 'text', agree: rulesVersion });
	}
	const { matchId } = await ann.until('match:found');
	expect((await ben.until('match:found')).matchId).toBe(matchId);
	const message = { matchId, messageId: newMessageId(), body: 'hello' };
	await ann.ask('match:post', message);
	await ben.until('match:posted', (told) => told.message.body === 'hello');
});

test('by HTTP, strangers meet whichever node is asked', async () => {
	const people = await Promise.all(
		[0, 1].map(async (number) => Person.guest(cluster.node(number))),
	);
	for (const person of people)
		expect(
			(
				await person.ask('POST', '/api/match/start', {
					body: { mode: 'text', agree: rulesVersion },
				})
			).status,
		).toBe(200);
	for (const person of people) {
		const { data } = await person.ask('POST', '/api/match/receive', { body: { wait: 10 } });
		expect(data).toMatchObject({ state: 'matched' });
	}
});

test('a session is shown as active whichever node has its page', async () => {
	const page = await connect(1);
	const asker = await Person.of(cluster.node(2), page.cookie);
	await eventually(async () => {
		const { data } = await asker.ask('GET', '/api/account/sessions');
		return (data as { sessions: { active: boolean }[] }).sessions.some(({ active }) => active);
	});
});

test('administrators see the rooms and the figures of all nodes, whichever one is asked', async () => {
	const rooms = [newRoomId(), newRoomId()] as const;
	const [here, there] = [await connect(0), await connect(2)];
	await here.join(rooms[0], 'Ana');
	await there.join(rooms[1], 'Bo');
	expect([here, there].map(nodeOf)).toEqual(['a', 'c']);
	for (const number of [0, 1, 2]) {
		const admin = await Person.of(cluster.node(number), root);
		const overview = (await admin.ask('GET', '/api/admin/overview')).data;
		expect(overview).toMatchObject({
			rooms: expect.arrayContaining(rooms.map((roomId) => ({ roomId, peers: 1 }))) as unknown,
		});
		const names = 'parley_workers,parley_peers,process_cpu_seconds_total';
		const { data } = await admin.ask('GET', `/api/admin/metrics?names=${names}`);
		const { runs, samples } = data as {
			runs: string[];
			samples: { name: string; labels: Record<string, string>; value: number }[];
		};
		expect(runs.map((run) => run.split(' ')[0])).toEqual(['a', 'b', 'c']);
		const of = (metric: string) =>
			samples
				.filter(({ name }) => name === metric)
				.map(({ labels, value }) => [labels['node'], value] as const)
				.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
		expect(of('parley_workers')).toEqual(['a', 'b', 'c'].map((node) => [node, 1]));
		const peers = Object.fromEntries(of('parley_peers'));
		expect(Object.keys(peers)).toEqual(['a', 'b', 'c']);
		// People of other tests may still have their places.
		for (const node of ['a', 'c']) expect(peers[node]).toBeGreaterThan(0);
		expect(of('process_cpu_seconds_total')).toHaveLength(3);
	}
});

test('ADMISSION-7, B-14: an administrator opens a room that another node has, and the person who waits there comes in', async () => {
	const roomId = newRoomId();
	const [host, guest, reader] = [await connect(2), await connect(2), await connect(1)];
	await host.join(roomId, 'Host');
	await reader.ask('chat:enter', { roomId, name: 'Reader' });
	await reader.ask('chat:open', { roomId });
	await host.ask('host:policy', { locked: true });
	expect((await guest.ask('lobby:enter', { roomId })).admission).toBe('locked');
	expect(nodeOf(guest)).toBe('c');
	const admin = await Person.of(cluster.node(0), root);
	const { error } = await admin.ask('POST', `/api/admin/rooms/${roomId}/open`);
	expect(error).toBeNull();
	await guest.until('lobby:standing', ({ admission }) => admission === 'open');
	await guest.join(roomId, 'Guest');
	await reader.until('chat:posted', ({ messages }) =>
		messages.some(
			({ author, content }) =>
				author.personId === admin.id &&
				content.kind === 'system' &&
				content.system.event === 'locked' &&
				!content.system.locked,
		),
	);
});

test('a node keeps the secret that all share in its data folder', async () => {
	const secrets = cluster.nodes.map(({ folder }) =>
		readFileSync(join(folder, 'data', 'session-secret'), 'utf8'),
	);
	expect(new Set(secrets).size).toBe(1);
});

test.each([
	['data.databaseUrl', { PARLEY_DATA_DATABASEURL: '' }],
	['files.dir', { PARLEY_FILES_DIR: '' }],
	['redis.url', { PARLEY_REDIS_URL: 'redis://127.0.0.1:1' }],
	['node.id', { PARLEY_NODE_ID: 'a' }],
])('a node does not start without a right %s, and says why', async (setting, environment) => {
	const said: string[] = [];
	const watch = { node: [], began: () => undefined, said: (line: string) => said.push(line) };
	const settings = { ...cluster.settings('d'), ...environment };
	await expect(startServiceProcess(serviceFolder(), settings, watch)).rejects.toThrow();
	expect(said.join(' ')).toMatch(
		new RegExp(`Parley cannot start\\. ${setting.replace('.', '\\.')}`),
	);
});
