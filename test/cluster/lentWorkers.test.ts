import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { version } from 'mediasoup';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { doctorPath, operatorProof } from '../../sfu/http/doctorRoute.ts';
import { workerPath, workerProtocol } from '../../sfu/media/lent/workerOffer.ts';
import type { MediaPath } from '../../shared/doctor.ts';
import { newRoomId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { ClusterCast, nodeOf, ServiceCluster, type ServiceNode } from '../support/cluster.ts';
import { figure, metricsToken } from '../support/figure.ts';
import { LoadTool } from '../support/loadTool.ts';
import { produceInput } from '../support/rtp.ts';

/*
 * A room that does not fit on its node grows onto a media worker of another node. Nobody in it may notice.
 */

let cluster: ServiceCluster;
let cast: ClusterCast;
const settings = {
	PARLEY_MEDIA_CONSUMERSPERROUTER: '1',
	PARLEY_METRICS_TOKEN: metricsToken,
	PARLEY_ROOMS_GRACESECONDS: '0',
};
beforeAll(async () => {
	cluster = await ServiceCluster.start();
	for (const id of ['a', 'b']) await cluster.add(id, settings);
	cast = new ClusterCast(cluster);
	// Each node looks once a second who else is there.
	await wait(2_000);
}, 120_000);
afterEach(() => cast.close());
afterAll(() => cluster.close());

const nodeCalled = (id: string): ServiceNode => {
	const found = cluster.nodes.findLast((node) => node.id === id);
	if (!found) throw new Error(`there is no node ${id}`);
	return found;
};

/** How many media workers a node runs, by what the system tells of its processes. */
function workersOf({ pid }: ServiceNode): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((name) => {
			try {
				const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
				const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
				return command?.startsWith('mediasoup-worke') && Number(parent) === pid;
			} catch {
				// It has just ended.
				return false;
			}
		})
		.map(Number);
}

/** One in a room of its own, on whichever node it begins, and a second one who does not fit there. */
async function wideRoom() {
	const roomId = newRoomId();
	const one = await cast.connect(0, { place: roomId });
	await one.join(roomId, 'One');
	const camera = produceInput('camera');
	await one.ask('media:produce', camera);
	const two = await cast.connect(1, { place: roomId });
	const { consumers } = await two.join(roomId, 'Two');
	const owner = nodeCalled(nodeOf(one));
	const lender = nodeCalled(owner.id === 'a' ? 'b' : 'a');
	return { roomId, one, two, consumers, camera, owner, lender };
}

describe('what asks for a worker', () => {
	/** What the port of nodes answers: the status, and the body of an offer. */
	async function ask(headers: Record<string, string>) {
		const address = new URL(workerPath, await cluster.addressOf('a'));
		const response = await fetch(address, { method: 'POST', headers });
		const text = await response.text();
		return { status: response.status, offer: (text && JSON.parse(text)) as { ticket: string } };
	}
	/** The status that an upgrade is answered with. It is cut off then. */
	async function upgrade(headers: Record<string, string>): Promise<number> {
		const asking = request(new URL(workerPath, await cluster.addressOf('a')), {
			headers: { ...headers, ...{ Connection: 'Upgrade', Upgrade: workerProtocol } },
		}).end();
		return new Promise((resolve, reject) => {
			asking.once('error', reject);
			asking.once('response', ({ statusCode = 0 }) => {
				asking.destroy();
				resolve(statusCode);
			});
			asking.once('upgrade', ({ statusCode = 0 }, socket) => {
				socket.write('this is no message of mediasoup');
				socket.destroy();
				resolve(statusCode);
			});
		});
	}
	const secret = () =>
		readFileSync(join(nodeCalled('a').folder, 'data', 'session-secret'), 'utf8').trim();
	/** By what the nodes know each other. */
	const credentials = () => ({
		'parley-node': createHmac('sha256', secret()).update('from node to node').digest('base64url'),
	});
	/** The media ports that the doctor has the node try, and whether each answered. */
	async function examined(): Promise<[port: number, answered: boolean][]> {
		const headers = { authorization: `Bearer ${operatorProof(secret(), Date.now())}` };
		const response = await fetch(nodeCalled('a').url + doctorPath, { method: 'POST', headers });
		const { data } = (await response.json()) as { data: { paths: MediaPath[] } };
		return data.paths
			.filter(({ protocol }) => protocol === 'udp')
			.map(({ port, answered }) => [port, answered]);
	}

	test('has to be a node, of the same version, with an offer that is taken once', async () => {
		expect((await ask({ 'mediasoup-version': version })).status).toBe(403);
		expect((await ask({ ...credentials(), 'mediasoup-version': '3.0.0' })).status).toBe(409);
		expect(await upgrade({ 'worker-ticket': 'none' })).toBe(403);
		expect(await upgrade({ ...credentials(), 'worker-ticket': 'none' })).toBe(404);
		const { offer } = await ask({ ...credentials(), 'mediasoup-version': version });
		// There is one to lend.
		expect((await ask({ ...credentials(), 'mediasoup-version': version })).status).toBe(409);
		const taking = { ...credentials(), 'worker-ticket': offer.ticket };
		expect(await upgrade(taking)).toBe(101);
		expect(await upgrade(taking)).toBe(404);
		await eventually(() => workersOf(nodeCalled('a')).length === 1);
		expect((await fetch(`${nodeCalled('a').url}/healthz`)).status).toBe(200);
	});

	test('the doctor tries the port that is kept for it, unless it is lent, and gives it back', async () => {
		// What the test before lent is back as soon as its worker has ended.
		await eventually(async () => (await examined()).length === 2);
		const [[own = 0] = [], lent] = await examined();
		expect(lent).toEqual([own + 1, true]);
		expect((await ask({ ...credentials(), 'mediasoup-version': version })).status).toBe(200);
		expect(await examined()).toEqual([[own, true]]);
	});
});

test('people of one room have their media on two nodes, and see and hear each other', async () => {
	const size = ['--rooms', '1', '--peers', '4', '--video', '180p', '--fps', '5'];
	const tool = new LoadTool(['--url', cluster.node(0).url, ...size, '--seconds', '5']);
	onTestFinished(() => tool.close());
	let most = 0;
	const watching = setInterval(() => {
		// The own worker of a node is number 0, the lent one number 1.
		for (const node of cluster.nodes)
			void figure(node, 'parley_worker_peers{worker="1"}').then(
				(peers) => (most = Math.max(most, Number.isNaN(peers) ? 0 : peers)),
			);
	}, 500);
	try {
		expect(await tool.exit).toBe(0);
	} finally {
		clearInterval(watching);
	}
	const { summary } = tool.report;
	expect(summary.bots).toEqual({ asked: 4, inside: 4, complete: 4 });
	expect(summary.others).toMatchObject({ pictures: 12, seen: 12, heard: 12 });
	expect(most).toBe(2);
}, 120_000);

test('a worker of another node is one more of this node, and the other one runs it', async () => {
	const { one, two, consumers, camera, owner, lender } = await wideRoom();
	expect(nodeOf(two)).toBe(owner.id);
	expect(workersOf(lender)).toHaveLength(2);
	for (const worker of [0, 1])
		expect(await figure(owner, `parley_worker_peers{worker="${worker}"}`)).toBe(1);
	expect(await figure(owner, 'parley_worker_pipes{worker="1"}')).toBe(1);
	// Its memory is that of a process elsewhere.
	expect(await figure(owner, 'parley_worker_memory_bytes{worker="1"}')).toBeNaN();
	expect(consumers.map(({ producerId }) => producerId)).toEqual([camera.producerId]);
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	expect(await two.ask('media:resume', { consumerIds })).toEqual({ unavailable: [] });
	await one.ask('room:leave', {});
	await two.ask('room:leave', {});
	await eventually(async () => (await figure(owner, 'parley_worker_routers{worker="1"}')) === 0);
});

test('ROOM-8: a room whose worker on another node ends is lost for all its peers, and begins anew', async () => {
	const { roomId, one, two, lender } = await wideRoom();
	const calm = await cast.connect(0);
	await calm.join(newRoomId(), 'Calm');
	const lent = workersOf(lender)
		.toSorted((a, b) => a - b)
		.at(-1);
	if (lent === undefined) throw new Error('no worker is lent');
	process.kill(lent, 'SIGKILL');
	for (const client of [one, two])
		expect((await client.until('room:ended')).code).toBe('MEDIA_LOST');
	await one.join(roomId, 'One');
	await two.join(roomId, 'Two');
	await two.ask('media:produce', produceInput('microphone'));
	await one.until('producer:added', ({ producer }) => producer.source === 'microphone');
	expect(calm.told('room:ended')).toEqual([]);
	expect(workersOf(lender)).toHaveLength(2);
});

// The last one: it ends a node.
test('a worker that is lent ends with the node that it was lent to', async () => {
	const { owner, lender } = await wideRoom();
	expect(workersOf(lender)).toHaveLength(2);
	await owner.kill();
	await eventually(() => workersOf(lender).length === 1);
	expect((await fetch(`${lender.url}/healthz`)).status).toBe(200);
});
