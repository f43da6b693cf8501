import { expect, test } from 'vitest';
import { bent } from '../support/bentProducers.ts';
import { again, call, two, type Caller } from '../support/calls.ts';
import { eventually, type Cast } from '../support/client.ts';
import { stateOf } from '../support/consumersInWorker.ts';
import { produceInput } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';
import type { RoomId } from '../../shared/ids.ts';

let cast: Cast;
withService((on) => (cast = on.cast));

/** Into the lobby, with camera and microphone. @returns what is produced. */
async function toLobby({ client }: Caller, roomId: RoomId) {
	const lobby = await client.ask('lobby:enter', { roomId });
	const sent = [produceInput('camera'), produceInput('microphone')];
	for (const input of sent) await client.ask('media:produce', input);
	const rtpCapabilities = lobby.routerRtpCapabilities;
	const firstPage = { videos: 4, width: 640, height: 360 };
	return {
		ids: sent.map(({ producerId }) => producerId),
		join: () => client.ask('room:join', { roomId, name: 'Ben', rtpCapabilities, firstPage }),
	};
}

/** Rings, with the one who calls inside, and the one who is called in the lobby. */
async function ringing() {
	const [ann, ben] = await two(cast);
	const { roomId, ringId } = await call(ann, ben);
	const inside = await ann.client.join(roomId, 'Ann');
	const { ids, join } = await toLobby(ben, roomId);
	const { consumers } = await ann.client.until(
		'media:ahead',
		(told) => told.consumers.length === ids.length,
	);
	return { ann, ben, roomId, ringId, ids, join, consumers, inside };
}

const all = (ids: readonly string[]) => new Set(ids);
test('MEDIA-13: what those who are called send is built by those inside, and flows with the join and not before', async () => {
	const { ann, ids, join, consumers } = await ringing();
	expect(all(consumers.map(({ producerId }) => producerId))).toEqual(all(ids));
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	expect(await ann.client.ask('media:resume', { consumerIds })).toEqual({ unavailable: [] });
	await ann.client.ask('media:keyframe', { consumerIds });
	// Wants that name nobody close nothing of it, and let nothing flow.
	await ann.client.ask('media:want', { wants: [] });
	expect(consumerIds.map(stateOf)).toEqual(['paused', 'paused']);
	expect(ann.client.told('peer:joined')).toEqual([]);

	await join();
	await eventually(() => consumerIds.every((id) => stateOf(id) === 'flowing'));
	// The wants of a page that had not heard of them yet take nothing away.
	await ann.client.ask('media:want', { wants: [] });
	expect(consumerIds.map(stateOf)).toEqual(['flowing', 'flowing']);
	const wants = ids.map((producerId) => ({ producerId, width: 640, height: 360, priority: 1 }));
	const wanted = await ann.client.ask('media:want', { wants });
	expect(wanted).toEqual({ consumers: [], unavailable: [] });
	expect(consumerIds.map(stateOf)).toEqual(['flowing', 'flowing']);
	// From now on the wants decide.
	await ann.client.ask('media:want', { wants: [] });
	expect(consumerIds.map(stateOf)).toEqual(['closed', 'closed']);
});

test('MEDIA-13: what is not built yet waits for that', async () => {
	const { ann, join, consumers } = await ringing();
	await join();
	await ann.client.until('peer:joined');
	const consumerIds = consumers.map(({ consumerId }) => consumerId);
	await ann.client.ask('media:want', { wants: [] });
	expect(consumerIds.map(stateOf)).toEqual(['paused', 'paused']);
	await ann.client.ask('media:resume', { consumerIds });
	expect(consumerIds.map(stateOf)).toEqual(['flowing', 'flowing']);
});

test('MEDIA-13: who is called first and joined later gets ready too', async () => {
	const [ann, ben] = await two(cast);
	const { roomId } = await call(ann, ben);
	// The caller's page takes its time.
	const { ids } = await toLobby(ben, roomId);
	await ann.client.join(roomId, 'Ann');
	const { consumers } = await ann.client.until('media:ahead');
	expect(all(consumers.map(({ producerId }) => producerId))).toEqual(all(ids));
});

test('MEDIA-13: who declines takes it along', async () => {
	const { ann, ben, ringId, consumers } = await ringing();
	await ben.client.ask('call:decline', { ringId });
	await ben.client.ask('room:leave', {});
	await ann.client.until('media:ahead', (told) => told.consumers.length === 0);
	expect(consumers.map(({ consumerId }) => stateOf(consumerId))).toEqual(['closed', 'closed']);
});

test('MEDIA-13: whoever comes back gets ready anew', async () => {
	const { ann, roomId, ids, join, consumers, inside } = await ringing();
	ann.client.close();
	const back = await again(cast, ann);
	const answer = await back.client.ask('room:join', {
		...{ roomId, name: 'Ann', rtpCapabilities: {} },
		firstPage: { videos: 4, width: 640, height: 360 },
		resumeToken: inside.you.resumeToken,
	});
	expect(answer.consumers).toEqual([]);
	const told = await back.client.until('media:ahead', (one) => one.consumers.length > 0);
	expect(all(told.consumers.map(({ producerId }) => producerId))).toEqual(all(ids));
	await eventually(() => consumers.every(({ consumerId }) => stateOf(consumerId) === 'closed'));
	await join();
	const consumerIds = told.consumers.map(({ consumerId }) => consumerId);
	await back.client.ask('media:resume', { consumerIds });
	await eventually(() => consumerIds.every((id) => stateOf(id) === 'flowing'));
});

test('MEDIA-13: nobody is told of those who look into the lobby uncalled', async () => {
	const inside = await cast.joined('Inside');
	const visitor = await cast.connect();
	await visitor.ask('lobby:enter', { roomId: cast.roomId });
	await visitor.ask('media:produce', produceInput('camera'));
	await inside.ask('media:want', { wants: [] });
	expect(inside.facts).toEqual([]);
});

test('MEDIA-16, A-H1: what the engine refuses of somebody who is called keeps nothing else from being built', async () => {
	const [ann, ben] = await two(cast);
	const { roomId } = await call(ann, ben);
	await ann.client.join(roomId, 'Ann');
	const lobby = await ben.client.ask('lobby:enter', { roomId });
	const [camera, microphone] = [produceInput('camera'), produceInput('microphone')];
	bent.add(microphone.producerId);
	await ben.client.ask('media:produce', microphone);
	await ben.client.ask('media:produce', camera);
	const { consumers } = await ann.client.until('media:ahead', (told) => told.consumers.length > 0);
	expect(consumers.map(({ producerId }) => producerId)).toEqual([camera.producerId]);
	await ben.client.ask('room:join', {
		roomId,
		name: 'Ben',
		rtpCapabilities: lobby.routerRtpCapabilities,
		firstPage: { videos: 4, width: 640, height: 360 },
	});
	await ann.client.until('peer:joined');
});
