import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { ClusterCast, nodeOf, ServiceCluster } from '../support/cluster.ts';
import { FaultyLine } from '../support/faultyLine.ts';
import { figure, metricsToken } from '../support/figure.ts';
import { isAlive } from '../support/isAlive.ts';
import { freePort } from '../support/ports.ts';
import { produceInput } from '../support/rtp.ts';

let cluster: ServiceCluster;
let cast: ClusterCast;
/** What the other nodes reach each node by. */
const lines = new Map<string, FaultyLine>();
beforeAll(async () => {
	cluster = await ServiceCluster.start();
	for (const id of ['a', 'b']) {
		const port = await freePort();
		const line = await FaultyLine.to(port);
		lines.set(id, line);
		await cluster.add(id, {
			PARLEY_NODE_PORT: String(port),
			PARLEY_NODE_URL: `http://127.0.0.1:${line.port}`,
			PARLEY_MEDIA_CONSUMERSPERROUTER: '1',
			PARLEY_METRICS_TOKEN: metricsToken,
			PARLEY_ROOMS_GRACESECONDS: '0',
			PARLEY_DRAIN_SECONDS: '60',
		});
	}
	cast = new ClusterCast(cluster);
	// Each node looks once a second who else is there.
	await wait(2_000);
}, 120_000);
afterAll(async () => {
	cast.close();
	await cluster.close();
	for (const line of lines.values()) line.close();
});

/** One in a room of its own, on whichever node it begins, and a second one, whose media are on the other node. */
async function wideRoom() {
	const roomId = newRoomId();
	const one = await cast.connect(0, { place: roomId });
	await one.join(roomId, 'One');
	await one.ask('media:produce', produceInput('camera'));
	const two = await cast.connect(1, { place: roomId });
	const isFirst = nodeOf(one) === 'a';
	const [owner, lender] = [cluster.node(isFirst ? 0 : 1), cluster.node(isFirst ? 1 : 0)];
	const peersOn = (worker: number) => figure(owner, `parley_worker_peers{worker="${worker}"}`);
	// On a busy machine the other node may take too long to start the worker.
	await eventually(async () => {
		await two.join(roomId, 'Two');
		if ((await peersOn(1)) === 1) return true;
		await two.ask('room:leave', {});
		return false;
	});
	return { roomId, one, two, owner, lender, peersOn };
}

test('ROOM-8: where the line to a lent worker falls silent, its room begins anew within seconds', async () => {
	const { roomId, one, two, lender } = await wideRoom();
	// While it is heard, nobody is disturbed.
	await wait(3_000);
	expect(one.told('room:ended')).toEqual([]);
	lines.get(lender.id)?.silence();
	const silent = performance.now();
	for (const client of [one, two])
		expect((await client.until('room:ended')).code).toBe('MEDIA_LOST');
	// Two times 2.5 s, on a machine that does much else. The connection itself seems to be there for longer.
	expect(performance.now() - silent).toBeLessThan(10_000);
	await one.join(roomId, 'One');
	await one.ask('media:produce', produceInput('microphone'));
	lines.get(lender.id)?.mend();
	cast.close();
});

// The last one: it ends a node.
test('a node that drains keeps its lent worker for those who are on it, and nobody new comes there', async () => {
	const { roomId, one, two, owner, lender, peersOn } = await wideRoom();
	process.kill(lender.pid, 'SIGTERM');
	await eventually(async () => (await fetch(`${lender.url}/readyz`)).status === 503);
	// The other node looks once a second.
	await wait(2_500);
	const three = await cast.connectTo(owner, { place: roomId });
	await three.join(roomId, 'Three');
	expect([await peersOn(0), await peersOn(1)]).toEqual([2, 1]);
	for (const client of [one, two, three]) expect(client.told('room:ended')).toEqual([]);
	await two.ask('room:leave', {});
	await eventually(() => !isAlive(lender.pid));
	expect(one.told('room:ended')).toEqual([]);
});
