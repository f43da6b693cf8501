import { expect, test } from 'vitest';
import { newKnockId, newRoomId } from '../../shared/ids.ts';
import { type Cast, eventually } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => ({ cast } = on));

test('LOBBY-1: one request brings all that is slow to get', async () => {
	const client = await cast.connect();
	const lobby = await client.ask('lobby:enter', { roomId: cast.roomId });
	expect(lobby.room).toEqual({
		id: cast.roomId,
		title: cast.roomId,
		// A link leads here; rooms of calls are joined by being called.
		kind: 'open',
		policy: {
			maxPeers: 50,
			locked: false,
			knocking: false,
			password: false,
			sharing: 'everybody',
			unmuting: 'everybody',
			slowMode: 0,
		},
	});
	expect(lobby.admission).toBe('open');
	expect(lobby.present).toBe(0);
	const offered = lobby.routerRtpCapabilities.codecs?.map((codec) => codec.mimeType);
	expect(new Set(offered)).toEqual(new Set(['audio/opus', 'video/VP8', 'video/rtx']));
	expect(lobby.videoCodec).toBe('vp8');
	for (const transport of [lobby.sendTransport, lobby.recvTransport]) {
		expect(transport.iceCandidates.map((candidate) => candidate.protocol).sort()).toEqual([
			'tcp',
			'udp',
		]);
		expect(transport.iceCandidates[0]?.address).toBe('127.0.0.1');
		expect(transport.dtlsParameters.fingerprints.length).toBeGreaterThan(0);
	}
	expect(lobby.sendTransport.id).not.toBe(lobby.recvTransport.id);
});

test('LOBBY-1: a room that nobody is in answers like one that never was', async () => {
	const someone = await cast.connect();
	await someone.join(cast.roomId);
	await someone.ask('room:leave', {});
	const client = await cast.connect();
	const shape = async (roomId: typeof cast.roomId) => {
		const { room, present, iceServers } = await client.ask('lobby:enter', { roomId });
		return { ...room, id: '', title: '', present, iceServers };
	};
	expect(await shape(cast.roomId)).toEqual(await shape(newRoomId()));
});

test('LOBBY-1: the room id does not depend on case', async () => {
	const client = await cast.connect();
	const lobby = await client.ask('lobby:enter', { roomId: cast.roomId.toUpperCase() });
	expect(lobby.room.id).toBe(cast.roomId);
});

test('LOBBY-2: in the lobby one is seen by nobody and receives only oneself', async () => {
	const inside = await cast.joined('Inside');
	const client = await cast.connect();
	const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId: cast.roomId });
	const camera = produceInput('camera');
	await client.ask('media:produce', camera);
	await client.ask('media:produce', produceInput('microphone'));
	const { consumers } = await client.ask('media:loopback', {
		rtpCapabilities: routerRtpCapabilities,
	});
	expect(consumers.map((consumer) => consumer.kind).sort()).toEqual(['audio', 'video']);
	const { unavailable } = await inside.ask('media:want', {
		wants: [{ producerId: camera.producerId, width: 640, height: 360, priority: 1 }],
	});
	expect(unavailable).toEqual([{ id: camera.producerId, code: 'NOT_FOUND' }]);
	expect(inside.facts).toEqual([]);
});

test('LOBBY-3: somebody in the lobby keeps the lowest layer in demand', async () => {
	const inside = await cast.joined('Inside');
	const camera = produceInput('camera');
	const { producerId } = camera;
	await inside.ask('media:produce', camera);
	await inside.until(
		'media:demand',
		(told) => told.producerId === producerId && told.spatialLayer === null,
	);
	const visitor = await cast.connect();
	await visitor.ask('lobby:enter', { roomId: cast.roomId });
	await inside.until('media:demand', (told) => told.spatialLayer === 0);
	visitor.close();
	await eventually(() => inside.told('media:demand').at(-1)?.spatialLayer === null);
});

test('LOBBY-3: who waits at the door keeps nothing in demand', async () => {
	const inside = await cast.joined('Inside');
	await inside.ask('host:policy', { knocking: true });
	const camera = produceInput('camera');
	await inside.ask('media:produce', camera);
	const last = () => inside.told('media:demand').at(-1)?.spatialLayer;
	await eventually(() => last() === null);
	const visitor = await cast.connect();
	await visitor.ask('lobby:enter', { roomId: cast.roomId });
	await visitor.ask('room:knock', { name: 'Visitor' });
	const { knocks } = await inside.until('knock:list', (told) => told.knocks.length > 0);
	expect(inside.told('media:demand')).toHaveLength(1);
	await inside.ask('host:admit', { knockId: knocks[0]?.knockId ?? newKnockId() });
	await eventually(() => last() === 0);
});

test('LOBBY-4: entering again starts over, also from a room', async () => {
	const other = await cast.joined('Other');
	const client = await cast.connect();
	const first = await client.ask('lobby:enter', { roomId: cast.roomId });
	const second = await client.ask('lobby:enter', { roomId: cast.roomId });
	expect(second.sendTransport.id).not.toBe(first.sendTransport.id);
	await client.join(cast.roomId);
	const { peer } = await other.until('peer:joined');
	await client.ask('lobby:enter', { roomId: newRoomId() });
	expect(await other.until('peer:left')).toEqual({ peerId: peer.peerId });
});

test('LOBBY-5: the lobby is told how many are inside', async () => {
	const waiting = await cast.connect();
	expect((await waiting.ask('lobby:enter', { roomId: cast.roomId })).present).toBe(0);
	const inside = await cast.joined('Inside');
	await waiting.until('lobby:present', (told) => told.present === 1);
	await inside.ask('room:leave', {});
	await waiting.until('lobby:present', (told) => told.present === 0);
	expect(waiting.facts.every((fact) => fact.name === 'lobby:present')).toBe(true);
});
