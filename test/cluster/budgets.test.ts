import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newRoomId } from '../../shared/ids.ts';
import { freshName, Visit } from '../support/account.ts';
import { eventually } from '../support/client.ts';
import { ClusterCast, ServiceCluster } from '../support/cluster.ts';

let cluster: ServiceCluster;
let cast: ClusterCast;
beforeAll(async () => {
	cluster = await ServiceCluster.start();
	// Tests say themselves which address they come from, as a proxy would.
	const settings = { PARLEY_HTTP_TRUSTPROXY: 'true', PARLEY_ACCOUNTS_NEWGUESTS: '6' };
	for (const id of ['a', 'b', 'c']) await cluster.add(id, settings);
	cast = new ClusterCast(cluster);
}, 120_000);
afterEach(() => cast.close());
afterAll(() => cluster.close());

const from = (address: string) => ({ 'x-forwarded-for': address });

/** The code of a sign-in with a wrong password, through this node. */
const guess = async (node: number, userName: string, address: string) =>
	(await new Visit(cluster.node(node), from(address)).signIn(userName, 'a wrong password')).code;

test('ACCOUNT-2: wrong passwords count on all nodes together', async () => {
	const { userName } = await Visit.account(cluster.node(0));
	const codes = [];
	for (const node of [0, 1, 2, 0, 1]) codes.push(await guess(node, userName, '10.1.0.1'));
	expect(new Set(codes)).toEqual(new Set(['WRONG_CREDENTIALS']));
	for (const node of [0, 1, 2])
		expect(await guess(node, userName, '10.1.0.1')).toBe('TOO_MANY_REQUESTS');
	expect(await guess(2, userName, '10.1.1.1')).toBe('WRONG_CREDENTIALS');
});

test('ACCOUNT-16: new guests of a network count on all nodes together', async () => {
	const come = async (node: number) =>
		(
			await fetch(`${cluster.node(node).url}/api/session`, {
				headers: from('10.2.0.1'),
			})
		).status;
	for (const node of [0, 1, 2, 0, 1, 2]) expect(await come(node)).toBe(200);
	for (const node of [0, 1, 2]) expect(await come(node)).toBe(429);
});

test('while Redis is away each node counts for itself', async () => {
	await cluster.redis.stop();
	try {
		const userName = freshName();
		const codes = [];
		for (let attempt = 0; attempt < 6; attempt++) codes.push(await guess(0, userName, '10.3.0.1'));
		expect(codes).toEqual([...Array<string>(5).fill('WRONG_CREDENTIALS'), 'TOO_MANY_REQUESTS']);
		expect(await guess(1, userName, '10.3.0.1')).toBe('WRONG_CREDENTIALS');
	} finally {
		await cluster.redis.resume();
	}
	await eventually(async () => (await guess(0, freshName(), '10.4.0.1')) === 'WRONG_CREDENTIALS');
});

test('wrong passwords of a room count on when the room begins anew on another node', async () => {
	const roomId = newRoomId();
	const host = await cast.connect(0, { place: roomId });
	// Redis was away a moment ago: new rooms may have to wait for its leases.
	await eventually(() =>
		host.join(roomId, 'Host').then(
			() => true,
			() => false,
		),
	);
	await host.ask('host:policy', { password: 'open sesame' });
	const knock = async (node: number) => {
		const client = await cast.connect(node, { place: roomId, cookie });
		await client.ask('lobby:enter', { roomId });
		const code = await client.codeOf('room:knock', { name: 'Bo', password: 'wrong' });
		client.close();
		return code;
	};
	const { cookie } = await cast.connect(1);
	for (let attempt = 0; attempt < 5; attempt++) expect(await knock(1)).toBe('BAD_PASSWORD');
	await cluster.node(0).stop();
	expect(await knock(2)).toBe('TOO_MANY_REQUESTS');
});
