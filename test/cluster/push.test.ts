import { afterAll, beforeAll, expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../shared/ids.ts';
import { Visit } from '../support/account.ts';
import { call, type Caller } from '../support/calls.ts';
import { eventually } from '../support/client.ts';
import { ClusterCast, ServiceCluster } from '../support/cluster.ts';
import { PushedDevice, PushService } from '../support/pushService.ts';

let pushService: PushService;
let cluster: ServiceCluster;
let cast: ClusterCast;

beforeAll(async () => {
	pushService = await PushService.open();
	cluster = await ServiceCluster.start();
	for (const id of ['a', 'b', 'c'])
		await cluster.add(id, {
			PARLEY_PUSH_NETWORKS: '127.0.0.0/8,::1',
			NODE_EXTRA_CA_CERTS: pushService.certificate.files.cert,
		});
	cast = new ClusterCast(cluster);
}, 120_000);
afterAll(async () => {
	cast.close();
	await cluster.close();
	pushService.close();
});

/** A page on this node, of a person who looks elsewhere. */
async function opened(node: number, name: string): Promise<Caller> {
	const client = await cast.connect(node);
	const { personId } = await client.ask('people:enter', { name, idle: true });
	return { client, personId, name };
}

test('PUSH-1, PUSH-2: of several nodes one notifies of a call and of a message, wherever people are', async () => {
	const roomId = newRoomId();
	const [ann, ben, zoe] = [await opened(0, 'Ann'), await opened(1, 'Ben'), await opened(2, 'Zoe')];
	for (const { client, name } of [ann, ben, zoe]) await client.ask('chat:enter', { roomId, name });
	const visit = new Visit(cluster.node(1));
	for (const pair of ben.client.cookie.split('; ')) {
		const [name = '', value = ''] = pair.split(/=(.*)/s);
		visit.hold(name, value);
	}
	const device = new PushedDevice(pushService);
	expect((await visit.ask('PUT', '/api/push', device.settings)).status).toBe(200);
	const keys = await Promise.all(
		cluster.nodes.map(async ({ url }) => {
			const answer = await visit.fetch(new URL('/api/push', url).href);
			return JSON.stringify(await answer.json());
		}),
	);
	expect(new Set(keys).size).toBe(1);

	const kinds = () => device.notices.map((notice) => (notice as { kind: string }).kind);
	for (const caller of [ann, zoe]) {
		const before = kinds().length;
		const { ringId } = await call(caller, ben);
		await eventually(() => kinds().length > before);
		await caller.client.ask('call:cancel', { ringId });
		await eventually(() => kinds().length > before + 1);
	}
	for (const writer of [ann, zoe])
		await writer.client.ask('chat:post', {
			chat: { roomId },
			messageId: newMessageId(),
			draft: { body: 'hello', replyTo: null, mentions: [ben.personId], files: [] },
		});
	await eventually(() => kinds().length >= 6);
	// What another node would have sent as well comes within this time.
	await new Promise((resolve) => setTimeout(resolve, 500));
	expect(kinds()).toEqual(['ring', 'over', 'ring', 'over', 'message', 'message']);
}, 60_000);
