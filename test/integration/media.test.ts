import { describe, expect, test } from 'vitest';
import { newProducerId } from '../../shared/ids.ts';
import { Cast, eventually, type TestClient } from '../support/client.ts';
import { consumersInWorker } from '../support/consumersInWorker.ts';
import { dtls, produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on));

const wanted = (producerId: string, width = 640, height = 360) => ({
	producerId,
	width,
	height,
	priority: 1,
});

/** A sender with a camera and a watcher, both in the room. */
async function pair(): Promise<{ sender: TestClient; watcher: TestClient; producerId: string }> {
	const [watcher, sender] = [await cast.joined('Watcher'), await cast.joined('Sender')];
	const camera = produceInput('camera');
	await sender.ask('media:produce', camera);
	await watcher.until('producer:added', (told) => told.producer.producerId === camera.producerId);
	return { sender, watcher, producerId: camera.producerId };
}

describe('transports', () => {
	test('MEDIA-1: connecting again with the same parameters is harmless, with others a conflict', async () => {
		const client = await cast.joined();
		expect(
			await client.codeOf('media:connect', { direction: 'send', dtlsParameters: dtls() }),
		).toBe('OK');
		expect(
			await client.codeOf('media:connect', { direction: 'send', dtlsParameters: dtls() }),
		).toBe('OK');
		expect(
			await client.codeOf('media:connect', { direction: 'send', dtlsParameters: dtls('CD') }),
		).toBe('CONFLICT');
		expect(
			await client.codeOf('media:connect', { direction: 'recv', dtlsParameters: dtls('CD') }),
		).toBe('OK');
	});

	test('MEDIA-11: ICE restarts give new credentials and keep what is there', async () => {
		const { sender, watcher, producerId } = await pair();
		const first = await sender.ask('media:restart-ice', { direction: 'send' });
		const second = await sender.ask('media:restart-ice', { direction: 'send' });
		expect(second.iceParameters.usernameFragment).not.toBe(first.iceParameters.usernameFragment);
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		expect(consumers).toHaveLength(1);
	});
});

describe('producers', () => {
	test('MEDIA-2: the same producer twice is one; the same id for another source is a conflict', async () => {
		const [watcher, sender] = [await cast.joined(), await cast.joined()];
		const camera = produceInput('camera');
		expect(await sender.codeOf('media:produce', camera)).toBe('OK');
		expect(await sender.codeOf('media:produce', camera)).toBe('OK');
		expect(await sender.codeOf('media:produce', { ...camera, source: 'screen' })).toBe('CONFLICT');
		await sender.ask('media:update', {
			producerId: camera.producerId,
			paused: true,
			width: 0,
			height: 0,
		});
		await watcher.until('producer:updated');
		expect(watcher.told('producer:added')).toHaveLength(1);
	});

	test('MEDIA-2: one producer of each source a peer, and a new one after the last has ended', async () => {
		const sender = await cast.joined();
		for (const source of ['microphone', 'camera', 'screen', 'screen-audio'] as const) {
			const { producerId, ...first } = produceInput(source);
			await sender.ask('media:produce', { producerId, ...first });
			expect(await sender.codeOf('media:produce', produceInput(source))).toBe('CONFLICT');
			await sender.ask('media:close', { producerId });
			expect(await sender.codeOf('media:produce', produceInput(source))).toBe('OK');
		}
	});

	test("MEDIA-2: another peer's producer id is refused and the other notices nothing", async () => {
		const { sender, watcher, producerId } = await pair();
		expect(await watcher.codeOf('media:produce', produceInput('screen', { producerId }))).toBe(
			'BAD_MEDIA',
		);
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		expect(consumers).toHaveLength(1);
		expect(sender.told('producer:closed')).toEqual([]);
	});

	test('MEDIA-2: parameters that make no sense are BAD_MEDIA and leave the worker alone', async () => {
		const pids = service.app.workerPids();
		const sender = await cast.joined();
		const good = produceInput('camera');
		const [codec] = good.rtpParameters.codecs;
		if (!codec) throw new Error('a producer has a codec');
		const nonsense = [
			produceInput('camera', { rtpParameters: produceInput('microphone').rtpParameters }),
			produceInput('camera', { rtpParameters: { codecs: [{ ...codec, mimeType: 'video/none' }] } }),
			produceInput('camera', {
				rtpParameters: {
					...good.rtpParameters,
					codecs: [codec, { ...codec, mimeType: 'video/rtx', parameters: { apt: 3 } }],
				},
			}),
			produceInput('microphone', {
				rtpParameters: {
					...produceInput('microphone').rtpParameters,
					encodings: [{ codecPayloadType: 5 }],
				},
			}),
		];
		const codes = await Promise.all(nonsense.map((input) => sender.codeOf('media:produce', input)));
		expect(codes).toEqual(nonsense.map(() => 'BAD_MEDIA'));
		expect(await sender.codeOf('media:produce', good)).toBe('OK');
		expect(service.app.workerPids()).toEqual(pids);
	});

	test('MEDIA-3: an update is told to the others if it changes anything', async () => {
		const { sender, watcher, producerId } = await pair();
		const update = { producerId, paused: true, width: 1280, height: 720 };
		await sender.ask('media:update', update);
		await sender.ask('media:update', update);
		await sender.ask('media:update', { ...update, paused: false });
		await watcher.until('producer:updated', (told) => !told.producer.paused);
		expect(watcher.told('producer:updated').map((told) => told.producer.paused)).toEqual([
			true,
			false,
		]);
		expect(sender.told('producer:updated')).toEqual([]);
	});

	test('MEDIA-4: closing a producer ends its consumers', async () => {
		const { sender, watcher, producerId } = await pair();
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		await sender.ask('media:close', { producerId });
		await watcher.until('producer:closed', (told) => told.producerId === producerId);
		const consumerIds = consumers.map((consumer) => consumer.consumerId);
		const { unavailable } = await watcher.ask('media:resume', { consumerIds });
		expect(unavailable).toHaveLength(1);
		expect(await sender.codeOf('media:close', { producerId })).toBe('NOT_FOUND');
	});
});

test('MEDIA-4: resuming what ends in the same moment is no failure', async () => {
	const [watcher, sender] = [await cast.joined('Watcher', 0), await cast.joined('Sender', 0)];
	for (let round = 0; round < 15; round++) {
		const { producerId, ...screen } = produceInput('screen');
		await sender.ask('media:produce', { producerId, ...screen });
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		const consumerIds = consumers.map((consumer) => consumer.consumerId);
		const ended = watcher.until('producer:closed', (told) => told.producerId === producerId);
		const closing = sender.codeOf('media:close', { producerId });
		await ended;
		expect(await watcher.codeOf('media:resume', { consumerIds })).toBe('OK');
		expect(await closing).toBe('OK');
	}
});

describe('wants', () => {
	test('MEDIA-5: a want creates once, and what is not wanted any more ends', async () => {
		const { watcher, producerId } = await pair();
		const first = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		expect(first.consumers).toHaveLength(1);
		expect(await watcher.ask('media:want', { wants: [wanted(producerId)] })).toEqual({
			consumers: [],
			unavailable: [],
		});
		await watcher.ask('media:want', { wants: [] });
		const consumerIds = first.consumers.map((consumer) => consumer.consumerId);
		expect((await watcher.ask('media:resume', { consumerIds })).unavailable).toHaveLength(1);
		const again = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		expect(again.consumers[0]?.consumerId).not.toBe(consumerIds[0]);
	});

	test('MEDIA-5: ten wants at once make one consumer', async () => {
		const { watcher, producerId } = await pair();
		const answers = await Promise.all(
			Array.from({ length: 10 }, () =>
				watcher.ask('media:want', { wants: [wanted(producerId), wanted(producerId, 320, 180)] }),
			),
		);
		expect(answers.flatMap((answer) => answer.consumers)).toHaveLength(1);
	});

	test('MEDIA-6: what cannot be had is listed, and the rest is carried out', async () => {
		const { watcher, sender, producerId } = await pair();
		const own = produceInput('camera');
		await watcher.ask('media:produce', own);
		const elsewhere = new Cast(service);
		const stranger = await elsewhere.joined();
		const theirs = produceInput('camera');
		await stranger.ask('media:produce', theirs);
		const unknown = newProducerId();
		const answer = await watcher.ask('media:want', {
			wants: [own.producerId, theirs.producerId, unknown, producerId].map((id) => wanted(id)),
		});
		expect(answer.consumers.map((consumer) => consumer.producerId)).toEqual([producerId]);
		expect(answer.unavailable).toEqual(
			[own.producerId, theirs.producerId, unknown].map((id) => ({ id, code: 'NOT_FOUND' })),
		);
		expect(sender.told('room:ended')).toEqual([]);
		elsewhere.close();
	});

	test('MEDIA-6: what a client cannot decode is BAD_MEDIA', async () => {
		const { producerId } = await pair();
		const deaf = await cast.connect();
		await deaf.ask('lobby:enter', { roomId: cast.roomId });
		const firstPage = { videos: 0, width: 0, height: 0 };
		await deaf.ask('room:join', {
			roomId: cast.roomId,
			name: 'Deaf',
			rtpCapabilities: {},
			firstPage,
		});
		const { unavailable } = await deaf.ask('media:want', { wants: [wanted(producerId)] });
		expect(unavailable).toEqual([{ id: producerId, code: 'BAD_MEDIA' }]);
	});

	test('MEDIA-7: media flows from the resume on, for as long as it is wanted', async () => {
		const { watcher, producerId } = await pair();
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		const consumerIds = consumers.map((consumer) => consumer.consumerId);
		const inWorker = consumersInWorker.get(consumerIds[0] ?? '');
		expect(inWorker?.paused).toBe(true);
		await watcher.ask('media:want', { wants: [wanted(producerId, 1280, 720)] });
		expect(inWorker?.paused).toBe(true);
		await watcher.ask('media:resume', { consumerIds });
		expect(inWorker?.paused).toBe(false);
		await watcher.ask('media:want', { wants: [wanted(producerId, 0, 0)] });
		expect(inWorker?.paused).toBe(true);
		await watcher.ask('media:want', { wants: [wanted(producerId, 160, 90)] });
		expect(inWorker?.paused).toBe(false);
		await watcher.ask('media:want', { wants: [] });
		expect(inWorker?.closed).toBe(true);
	});

	test('MEDIA-14: a picture begins in its smallest size, however large it is wanted', async () => {
		const { watcher, producerId } = await pair();
		const { consumers } = await watcher.ask('media:want', {
			wants: [wanted(producerId, 1280, 720)],
		});
		const consumerIds = consumers.map((consumer) => consumer.consumerId);
		const layer = () => consumersInWorker.get(consumerIds[0] ?? '')?.preferredLayers?.spatialLayer;
		expect(layer()).toBe(2);
		await watcher.ask('media:resume', { consumerIds });
		expect(layer()).toBe(0);
		await watcher.ask('media:want', { wants: [wanted(producerId, 640, 360)] });
		expect(layer()).toBe(0);
	});

	test('MEDIA-5: the priority counts from the moment a hidden video is shown', async () => {
		const { watcher, producerId } = await pair();
		const hidden = { ...wanted(producerId, 0, 0), priority: 77 };
		const { consumers } = await watcher.ask('media:want', { wants: [hidden] });
		const consumerIds = consumers.map((consumer) => consumer.consumerId);
		await watcher.ask('media:resume', { consumerIds });
		await watcher.ask('media:want', { wants: [{ ...hidden, width: 640, height: 360 }] });
		expect(consumersInWorker.get(consumerIds[0] ?? '')?.priority).toBe(77);
	});

	test("MEDIA-8, CONN-14: somebody else's consumers and unknown ones get the same answer", async () => {
		const { watcher, sender, producerId } = await pair();
		const { consumers } = await watcher.ask('media:want', { wants: [wanted(producerId)] });
		const theirs = consumers.map((consumer) => consumer.consumerId);
		for (const name of ['media:resume', 'media:keyframe'] as const) {
			const answer = await sender.ask(name, { consumerIds: theirs });
			expect(answer).toEqual({ unavailable: [{ id: theirs[0], code: 'NOT_FOUND' }] });
		}
		expect((await watcher.ask('media:keyframe', { consumerIds: theirs })).unavailable).toEqual([]);
	});

	test("CONN-14: somebody else's producer and an unknown one get the same answer", async () => {
		const { watcher, producerId } = await pair();
		for (const id of [producerId, newProducerId()]) {
			expect(await watcher.codeOf('media:close', { producerId: id })).toBe('NOT_FOUND');
			const update = { producerId: id, paused: true, width: 0, height: 0 };
			expect(await watcher.codeOf('media:update', update)).toBe('NOT_FOUND');
		}
	});

	test('MEDIA-10: the owner is told the highest layer anyone wants, and null when nobody does', async () => {
		const { sender, watcher, producerId } = await pair();
		const other = await cast.joined('Other', 0);
		const last = () => sender.told('media:demand').at(-1)?.spatialLayer;
		await eventually(() => last() === null);
		await watcher.ask('media:want', { wants: [wanted(producerId, 320, 180)] });
		await eventually(() => last() === 0);
		await other.ask('media:want', { wants: [wanted(producerId, 1280, 720)] });
		await eventually(() => last() === 2);
		await other.ask('media:want', { wants: [wanted(producerId, 0, 0)] });
		await eventually(() => last() === 0);
		await watcher.ask('room:leave', {});
		await eventually(() => last() === null);
	});

	test('MEDIA-9: the layer follows when the picture changes its size', async () => {
		const { sender, watcher, producerId } = await pair();
		const { consumers } = await watcher.ask('media:want', {
			wants: [wanted(producerId, 320, 180)],
		});
		const [info] = consumers;
		const layer = () =>
			consumersInWorker.get(info?.consumerId ?? '')?.preferredLayers?.spatialLayer;
		expect(layer()).toBe(0);
		const update = { producerId, paused: false, width: 320, height: 180 };
		await sender.ask('media:update', update);
		await eventually(() => layer() === 2);
		// Browsers send a small picture in fewer sizes than were negotiated.
		await sender.ask('media:update', { ...update, layers: 1 });
		await eventually(() => layer() === 0);
	});

	test('MEDIA-10: a sender that resumes is told the demand again', async () => {
		const sender = await cast.connect();
		const joined = await sender.join(cast.roomId, 'Sender');
		const camera = produceInput('camera');
		await sender.ask('media:produce', camera);
		await sender.until('media:demand', (told) => told.spatialLayer === null);
		const again = await cast.connect({ cookie: sender.cookie });
		await again.ask('room:join', {
			roomId: cast.roomId,
			name: 'Sender',
			rtpCapabilities: {},
			firstPage: { videos: 0, width: 0, height: 0 },
			resumeToken: joined.you.resumeToken,
		});
		await again.until(
			'media:demand',
			(told) => told.producerId === camera.producerId && told.spatialLayer === null,
		);
	});

	test('MEDIA-12: what is prepared in the lobby flows with the join and not before, and makes no demand', async () => {
		const sender = await cast.joined('Sender', 0);
		const camera = produceInput('camera');
		const { producerId } = camera;
		await sender.ask('media:produce', camera);
		await sender.until('media:demand', (told) => told.spatialLayer === null);
		const visitor = await cast.connect();
		const { routerRtpCapabilities } = await visitor.ask('lobby:enter', { roomId: cast.roomId });
		await visitor.ask('media:produce', produceInput('camera'));
		const rtpCapabilities = routerRtpCapabilities;
		const mirror = await visitor.ask('media:loopback', { rtpCapabilities });
		const firstPage = { videos: 4, width: 1280, height: 720 };
		const first = await visitor.ask('lobby:prepare', { rtpCapabilities, firstPage });
		expect(first.consumers.map((consumer) => consumer.producerId)).toEqual([producerId]);
		// Asking again brings the same, and leaves the loopback alone.
		expect(await visitor.ask('lobby:prepare', { rtpCapabilities, firstPage })).toEqual(first);
		const consumerIds = [...first.consumers, ...mirror.consumers].map(
			({ consumerId }) => consumerId,
		);
		expect((await visitor.ask('media:resume', { consumerIds })).unavailable).toEqual([]);
		await visitor.ask('media:keyframe', { consumerIds });
		const [prepared, loopback] = consumerIds.map((id) => consumersInWorker.get(id));
		expect([prepared?.paused, loopback?.paused]).toEqual([true, false]);
		expect(sender.told('media:demand').at(-1)?.spatialLayer).toBe(0);
		const joined = await visitor.ask('room:join', {
			roomId: cast.roomId,
			name: 'Visitor',
			rtpCapabilities,
			firstPage,
		});
		expect(joined.consumers).toEqual(first.consumers);
		expect([prepared?.paused, loopback?.closed]).toEqual([false, true]);
		// The smallest picture is encoded already. A larger one comes when the client names it.
		expect(sender.told('media:demand').at(-1)?.spatialLayer).toBe(0);
		const wants = [{ producerId, width: 1280, height: 720, priority: 1 }];
		await visitor.ask('media:want', { wants });
		await sender.until('media:demand', (told) => told.spatialLayer === 2);
	});

	test('MEDIA-12: what left meanwhile is not in the answer to the join', async () => {
		const { sender, producerId } = await pair();
		const visitor = await cast.connect();
		const lobby = await visitor.ask('lobby:enter', { roomId: cast.roomId });
		const rtpCapabilities = lobby.routerRtpCapabilities;
		const firstPage = { videos: 4, width: 640, height: 360 };
		const { consumers } = await visitor.ask('lobby:prepare', { rtpCapabilities, firstPage });
		expect(consumers.map((consumer) => consumer.producerId)).toEqual([producerId]);
		await sender.ask('room:leave', {});
		await visitor.until('lobby:present', (told) => told.present === 1);
		expect((await visitor.ask('lobby:prepare', { rtpCapabilities, firstPage })).consumers).toEqual(
			[],
		);
		const input = { roomId: cast.roomId, name: 'Visitor', rtpCapabilities, firstPage };
		expect((await visitor.ask('room:join', input)).consumers).toEqual([]);
	});
});
