import { expect, test } from 'vitest';
import { newResumeToken, newRoomId } from '../../shared/ids.ts';
import type { Sent } from '../../shared/protocol.ts';
import { type Cast, eventually, type TestClient } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
let service: Service;
withService((on) => ({ cast, service } = on), { rooms: { maxPeers: 4, graceSeconds: 1 } });

/** Joins with producers that were made in the lobby. */
async function joinSending(client: TestClient, name: string) {
	const lobby = await client.ask('lobby:enter', { roomId: cast.roomId });
	const [camera, microphone] = [produceInput('camera'), produceInput('microphone')];
	await client.ask('media:produce', camera);
	await client.ask('media:produce', microphone);
	const input: Sent<'room:join'> = {
		roomId: cast.roomId,
		name,
		rtpCapabilities: lobby.routerRtpCapabilities,
		firstPage: { videos: 1, width: 320, height: 180 },
	};
	return { joined: await client.ask('room:join', input), input, camera, microphone };
}

test('ROOM-1: the answer to a join holds the room, the others and the first consumers', async () => {
	const ana = await joinSending(await cast.connect(), 'Ana');
	const bo = await joinSending(await cast.connect(), 'Bo');
	const cy = await joinSending(await cast.connect(), 'Cy');
	expect(cy.joined.peers.map((peer) => peer.name)).toEqual(['Ana', 'Bo']);
	expect(cy.joined.peers[0]?.producers.map((producer) => producer.source).sort()).toEqual([
		'camera',
		'microphone',
	]);
	// One page of one video: all voices, and the picture of who is there longest.
	expect(cy.joined.consumers.map((consumer) => consumer.producerId).sort()).toEqual(
		[ana.microphone, bo.microphone, ana.camera].map((input) => input.producerId).sort(),
	);
	expect(cy.joined.you).toMatchObject({ name: 'Cy', connected: true });
});

test('ROOM-1: the loopback ends with the join, and others are told of the producers', async () => {
	const other = await cast.joined('Other');
	const client = await cast.connect();
	const lobby = await client.ask('lobby:enter', { roomId: cast.roomId });
	const camera = produceInput('camera');
	await client.ask('media:produce', camera);
	const rtpCapabilities = lobby.routerRtpCapabilities;
	const [mirror] = (await client.ask('media:loopback', { rtpCapabilities })).consumers;
	const firstPage = { videos: 0, width: 0, height: 0 };
	const joined = await client.ask('room:join', {
		roomId: cast.roomId,
		name: 'Me',
		rtpCapabilities,
		firstPage,
	});
	expect(joined.consumers).toEqual([]);
	const consumerIds = mirror ? [mirror.consumerId] : [];
	const { unavailable } = await client.ask('media:resume', { consumerIds });
	expect(unavailable).toEqual([{ id: mirror?.consumerId, code: 'NOT_FOUND' }]);
	const { peer } = await other.until('peer:joined');
	expect(peer.producers.map((producer) => producer.producerId)).toEqual([camera.producerId]);
});

test('ROOM-2: joining without the lobby, or into another room than its lobby, is WRONG_PHASE', async () => {
	const { input } = await joinSending(await cast.connect(), 'Ana');
	const stranger = await cast.connect();
	expect(await stranger.codeOf('room:join', input)).toBe('WRONG_PHASE');
	await stranger.ask('lobby:enter', { roomId: newRoomId() });
	expect(await stranger.codeOf('room:join', input)).toBe('WRONG_PHASE');
	expect(await stranger.codeOf('media:want', { wants: [] })).toBe('WRONG_PHASE');
});

test('ROOM-3: a second join with the resume token takes over the peer', async () => {
	const other = await cast.joined('Other');
	const before = await cast.connect();
	const { joined, input } = await joinSending(before, 'Me');
	const after = await cast.connect({ cookie: before.cookie });
	const resumed = await after.ask('room:join', { ...input, resumeToken: joined.you.resumeToken });
	expect(resumed).toEqual(joined);
	expect((await before.until('room:ended')).code).toBe('TAKEN_OVER');
	expect(await before.codeOf('media:want', { wants: [] })).toBe('WRONG_PHASE');
	before.close();
	expect(await after.codeOf('media:want', { wants: [] })).toBe('OK');
	expect(other.told('peer:left')).toEqual([]);
	expect(other.told('peer:joined')).toHaveLength(1);
});

test.each([true, false])(
	'ROOM-3, MATCH-1: a client that takes over its peer while it meets strangers is in the room only (media: %s)',
	async (media) => {
		const before = await cast.connect();
		const { joined, input } = await joinSending(before, 'Me');
		const after = await cast.connect({ cookie: before.cookie });
		await after.ask('match:enter', { media });
		await after.ask('room:join', { ...input, resumeToken: joined.you.resumeToken });
		expect(service.app.matchPeers.census.clients).toBe(0);
		expect(await after.codeOf('media:want', { wants: [] })).toBe('OK');
		expect(await after.codeOf('room:hand', { raised: true })).toBe('OK');
		expect(await after.codeOf('match:stop', {})).toBe('WRONG_PHASE');
	},
);

test('ROOM-3, ROOM-5: a client that takes over its peer from the lobby of another room leaves that lobby', async () => {
	const before = await cast.connect();
	const { joined, input } = await joinSending(before, 'Me');
	const after = await cast.connect({ cookie: before.cookie });
	const elsewhere = newRoomId();
	await after.ask('lobby:enter', { roomId: elsewhere });
	await after.ask('room:join', { ...input, resumeToken: joined.you.resumeToken });
	expect(await service.app.rooms.find(elsewhere)).toBe(null);
	expect(await after.codeOf('room:hand', { raised: true })).toBe('OK');
});

test('ROOM-4: a lost peer is kept, told of, and comes back', async () => {
	const other = await cast.joined('Other');
	const before = await cast.connect();
	const { joined, input } = await joinSending(before, 'Me');
	const { peerId, resumeToken } = joined.you;
	before.close();
	await other.until('peer:connection', (told) => told.peerId === peerId && !told.connected);
	const after = await cast.connect({ cookie: before.cookie });
	const resumed = await after.ask('room:join', { ...input, resumeToken });
	expect(resumed.you).toMatchObject({ peerId, connected: true });
	await other.until('peer:connection', (told) => told.peerId === peerId && told.connected);
	await new Promise((resolve) => setTimeout(resolve, 1200));
	expect(other.told('peer:left')).toEqual([]);
});

test('ROOM-4: after the grace period the peer is gone and its token expired', async () => {
	const other = await cast.joined('Other');
	const before = await cast.connect();
	const { joined, input } = await joinSending(before, 'Me');
	before.close();
	await other.until('peer:left', (told) => told.peerId === joined.you.peerId);
	const after = await cast.connect({ cookie: before.cookie });
	const { resumeToken } = joined.you;
	expect(await after.codeOf('room:join', { ...input, resumeToken })).toBe('RESUME_EXPIRED');
});

test("ROOM-4: a wrong token, another person's and another room's are refused, and the victim notices nothing", async () => {
	const victim = await cast.connect();
	const { joined, input } = await joinSending(victim, 'Victim');
	const { resumeToken } = joined.you;
	const thief = await cast.connect();
	const attempts = [
		{ ...input, resumeToken: newResumeToken() },
		{ ...input, resumeToken },
		{ ...input, resumeToken, roomId: newRoomId() },
	];
	for (const attempt of attempts)
		expect(await thief.codeOf('room:join', attempt)).toBe('RESUME_EXPIRED');
	expect(victim.facts.filter((fact) => fact.name !== 'media:demand')).toEqual([]);
	expect(await victim.codeOf('media:want', { wants: [] })).toBe('OK');
});

test('ROOM-5: leaving is told once and frees the place', async () => {
	const other = await cast.joined('Other');
	const client = await cast.connect();
	const { joined } = await joinSending(client, 'Me');
	await client.ask('room:leave', {});
	client.close();
	await other.until('peer:left');
	await other.ask('media:want', { wants: [] });
	expect(other.told('peer:left')).toEqual([{ peerId: joined.you.peerId }]);
	expect(other.told('peer:connection')).toEqual([]);
	expect(other.told('producer:closed')).toEqual([]);
});

test('ROOM-6: a full room says so, and the next in the lobby gets the place that comes free', async () => {
	const inside = await Promise.all(['A', 'B', 'C', 'D'].map((name) => cast.joined(name)));
	const fifth = await cast.connect();
	await expect(fifth.join(cast.roomId)).rejects.toMatchObject({ code: 'ROOM_FULL' });
	await inside[0]?.ask('room:leave', {});
	const lobby = await fifth.ask('lobby:enter', { roomId: cast.roomId });
	const answer = await fifth.ask('room:join', {
		roomId: cast.roomId,
		name: 'E',
		rtpCapabilities: lobby.routerRtpCapabilities,
		firstPage: { videos: 0, width: 0, height: 0 },
	});
	expect(answer.peers.map((peer) => peer.name).sort()).toEqual(['B', 'C', 'D']);
});

test('ROOM-6: of ten who join at once exactly as many get in as fit', async () => {
	const all = await Promise.all(Array.from({ length: 10 }, () => cast.connect()));
	const results = await Promise.allSettled(all.map((client) => client.join(cast.roomId)));
	expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(4);
});

test('ROOM-7: facts of a room reach nobody outside it', async () => {
	const elsewhere = await cast.connect();
	await elsewhere.join(newRoomId());
	const lobby = await cast.connect();
	await lobby.ask('lobby:enter', { roomId: cast.roomId });
	const [inside, leaving] = [await cast.joined('Inside'), await cast.joined('Leaving')];
	await leaving.ask('media:produce', produceInput('screen'));
	await leaving.ask('room:leave', {});
	await inside.until('peer:left');
	await eventually(() => lobby.told('lobby:present').length === 3);
	expect(elsewhere.facts).toEqual([]);
	expect(lobby.facts.every((fact) => fact.name === 'lobby:present')).toBe(true);
	expect(leaving.facts.filter((fact) => fact.name !== 'media:demand')).toEqual([]);
});

test('joins at the same moment leave everybody with the same picture of the room', async () => {
	const clients = await Promise.all(Array.from({ length: 4 }, () => cast.connect()));
	const joined = await Promise.all(clients.map((client) => joinSending(client, 'Someone')));
	const everybody = joined.map(({ joined: { you } }) => you.peerId).sort();
	for (const [index, client] of clients.entries()) {
		const own = joined[index]?.joined;
		const known = () =>
			[
				own?.you.peerId,
				...(own?.peers ?? []).map((peer) => peer.peerId),
				...client.told('peer:joined').map((told) => told.peer.peerId),
			].sort();
		await eventually(() => known().length >= 4);
		expect(known()).toEqual(everybody);
	}
});
