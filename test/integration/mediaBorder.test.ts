import { describe, expect, test } from 'vitest';
import { newProducerId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import type { MediaSource } from '../../shared/mediaSource.ts';
import type { RtpParameters } from '../../shared/rtp.ts';
import { bent } from '../support/bentProducers.ts';
import type { Cast, TestClient } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import type { Service } from '../support/service.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let service: Service;
let cast: Cast;
withService((on) => ({ service, cast } = on));

const firstPage = { videos: 9, width: 640, height: 360 };

/** A description of this source, changed. */
function described(source: MediaSource, change: (good: RtpParameters) => Partial<RtpParameters>) {
	const { rtpParameters, ...rest } = produceInput(source);
	return { ...rest, rtpParameters: { ...rtpParameters, ...change(rtpParameters) } };
}

const again = <T>(list: readonly T[] | undefined, change: Partial<T>): T[] => [
	...(list ?? []),
	...(list ?? []).slice(0, 1).map((one) => ({ ...one, ...change })),
];

const rtx = { mimeType: 'video/rtx', payloadType: 97, clockRate: 90000, parameters: { apt: 96 } };

/** What the engine takes for a producer and nobody could consume, or what makes no sense at all. */
const nonsense: [string, MediaSource, (good: RtpParameters) => Partial<RtpParameters>][] = [
	[
		'two Opus codecs',
		'microphone',
		({ codecs }) => ({ codecs: again(codecs, { payloadType: 112 }) }),
	],
	['two VP8 codecs', 'camera', ({ codecs }) => ({ codecs: again(codecs, { payloadType: 97 }) })],
	['the same codec twice', 'camera', ({ codecs }) => ({ codecs: again(codecs, {}) })],
	[
		'two codecs for retransmission',
		'camera',
		({ codecs }) => ({ codecs: [...codecs, rtx, { ...rtx, payloadType: 98 }] }),
	],
	[
		'retransmission under the payload type of the media',
		'camera',
		({ codecs }) => ({ codecs: [...codecs, { ...rtx, payloadType: 96 }] }),
	],
	[
		'retransmission of nothing',
		'camera',
		({ codecs }) => ({ codecs: [...codecs, { ...rtx, parameters: { apt: 98 } }] }),
	],
	['only retransmission', 'camera', () => ({ codecs: [rtx] })],
	[
		'a codec that the room does not offer',
		'camera',
		({ codecs }) => ({ codecs: codecs.map((codec) => ({ ...codec, mimeType: 'video/H264' })) }),
	],
	[
		'another clock',
		'microphone',
		({ codecs }) => ({ codecs: codecs.map((codec) => ({ ...codec, clockRate: 8000 })) }),
	],
	['the same ssrc twice', 'camera', () => ({ encodings: [{ ssrc: 5 }, { ssrc: 5 }] })],
	[
		'the same ssrc for the media and its retransmission',
		'camera',
		({ codecs }) => ({ codecs: [...codecs, rtx], encodings: [{ ssrc: 5, rtx: { ssrc: 5 } }] }),
	],
	['the same rid twice', 'camera', () => ({ encodings: [{ rid: 'r0' }, { rid: 'r0' }] })],
	['several encodings of a voice', 'microphone', () => ({ encodings: [{ ssrc: 5 }, { ssrc: 6 }] })],
	[
		'an encoding of no codec',
		'camera',
		({ encodings = [] }) => ({
			encodings: encodings.map((one) => ({ ...one, codecPayloadType: 100 })),
		}),
	],
	[
		'an encoding of the retransmission',
		'camera',
		({ codecs }) => ({ codecs: [...codecs, rtx], encodings: [{ ssrc: 5, codecPayloadType: 97 }] }),
	],
	[
		'retransmission of an encoding without its codec',
		'camera',
		() => ({ encodings: [{ ssrc: 5, rtx: { ssrc: 6 } }] }),
	],
	[
		'layers within several sizes',
		'camera',
		({ encodings = [] }) => ({
			encodings: encodings.map((one) => ({ ...one, scalabilityMode: 'L3T3' })),
		}),
	],
	[
		'a header extension twice',
		'microphone',
		({ headerExtensions }) => ({ headerExtensions: again(headerExtensions, { id: 2 }) }),
	],
	[
		'two header extensions under one id',
		'microphone',
		({ headerExtensions }) => ({
			headerExtensions: again(headerExtensions, {
				uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
			}),
		}),
	],
	['neither ssrc nor rid nor mid', 'microphone', () => ({ encodings: [{}] })],
];

describe('MEDIA-15, A-H1: a producer that nobody could consume is BAD_MEDIA, and nothing changes', () => {
	test.each(nonsense)('%s', async (_what, source, change) => {
		const [sender, bystander] = [await cast.joined('Sender'), await cast.joined('Bystander')];
		const pids = service.app.workerPids();
		const input = described(source, change);
		expect(await sender.codeOf('media:produce', input)).toBe('BAD_MEDIA');
		// The source is free, and so is the id.
		const good = produceInput(source, { producerId: input.producerId });
		expect(await sender.codeOf('media:produce', good)).toBe('OK');
		await bystander.until('producer:added');
		expect(bystander.told('producer:added')).toHaveLength(1);
		expect(await (await cast.connect()).join(cast.roomId)).toMatchObject({
			consumers: [{ producerId: good.producerId }],
		});
		expect(service.app.workerPids()).toEqual(pids);
	});
});

/** Somebody inside whose camera is fine and whose microphone the engine lets nobody consume. */
async function bentSender(): Promise<{ sender: TestClient; good: string; bad: string }> {
	const sender = await cast.joined('Sender');
	const [camera, microphone] = [produceInput('camera'), produceInput('microphone')];
	bent.add(microphone.producerId);
	await sender.ask('media:produce', microphone);
	await sender.ask('media:produce', camera);
	return { sender, good: camera.producerId, bad: microphone.producerId };
}

const want = (producerId: string) => ({ producerId, width: 640, height: 360, priority: 1 });

describe('MEDIA-16, A-H1: what the engine refuses for one producer is that item of the answer', () => {
	test('room:join answers with all others, and with the producer that it refuses as unavailable', async () => {
		const { good, bad } = await bentSender();
		const bystander = await cast.joined('Bystander');
		const joined = await (await cast.connect()).join(cast.roomId, 'Late');
		expect(joined.consumers.map(({ producerId }) => producerId)).toEqual([good]);
		expect(joined.unavailable).toEqual([{ id: bad, code: 'BAD_MEDIA' }]);
		await bystander.until('peer:joined');
		expect(bystander.told('peer:left')).toEqual([]);
	});

	test('lobby:prepare does too', async () => {
		const { good, bad } = await bentSender();
		const late = await cast.connect();
		const { routerRtpCapabilities } = await late.ask('lobby:enter', { roomId: cast.roomId });
		const input = { rtpCapabilities: routerRtpCapabilities, firstPage };
		const { consumers, unavailable } = await late.ask('lobby:prepare', input);
		expect(consumers.map(({ producerId }) => producerId)).toEqual([good]);
		expect(unavailable).toEqual([{ id: bad, code: 'BAD_MEDIA' }]);
	});

	test('media:want does too', async () => {
		const watcher = await cast.joined('Watcher');
		const { good, bad } = await bentSender();
		const answer = await watcher.ask('media:want', { wants: [want(bad), want(good)] });
		expect(answer.consumers.map(({ producerId }) => producerId)).toEqual([good]);
		expect(answer.unavailable).toEqual([{ id: bad, code: 'BAD_MEDIA' }]);
	});

	test('media:loopback does too', async () => {
		const alone = await cast.connect();
		const { routerRtpCapabilities } = await alone.ask('lobby:enter', { roomId: cast.roomId });
		const [camera, microphone] = [produceInput('camera'), produceInput('microphone')];
		bent.add(microphone.producerId);
		await alone.ask('media:produce', microphone);
		await alone.ask('media:produce', camera);
		const answer = await alone.ask('media:loopback', { rtpCapabilities: routerRtpCapabilities });
		expect(answer.consumers.map(({ producerId }) => producerId)).toEqual([camera.producerId]);
		expect(answer.unavailable).toEqual([{ id: microphone.producerId, code: 'BAD_MEDIA' }]);
	});

	test('both of a match are told match:found', async () => {
		const bad = await cast.connect();
		const { media } = await bad.ask('match:enter', { media: true });
		if (!media) throw new Error('there are transports');
		const [camera, microphone] = [produceInput('camera'), produceInput('microphone')];
		bent.add(microphone.producerId);
		await bad.ask('media:produce', microphone);
		await bad.ask('media:produce', camera);
		const partner = await Stranger.enter(cast, 'video');
		await partner.start();
		const view = { width: 640, height: 360 };
		const receive = { rtpCapabilities: media.routerRtpCapabilities, view };
		await bad.ask('match:start', { mode: 'video', agree: rulesVersion, receive });
		const found = await partner.partner();
		const ids = (source: 'camera' | 'microphone') =>
			found.peer?.producers.flatMap((info) => (info.source === source ? [info.producerId] : []));
		expect(found.consumers.map(({ producerId }) => producerId)).toEqual(ids('camera'));
		expect(found.unavailable).toEqual([{ id: ids('microphone')?.[0], code: 'BAD_MEDIA' }]);
		await bad.until('match:found');
	});
});

test('MEDIA-15: what two peers send under the same ssrc, mid and names is told apart', async () => {
	const [one, other, watcher] = [
		await cast.joined('One'),
		await cast.joined('Other'),
		await cast.joined('Watcher'),
	];
	const { rtpParameters } = produceInput('microphone');
	const names = { rtcp: { cname: 'same' }, msid: 'stream track' };
	const same = { ...rtpParameters, ...names, mid: '0', encodings: [{ ssrc: 7777 }] };
	const ids = [newProducerId(), newProducerId()] as const;
	const input = (producerId: (typeof ids)[number]) =>
		produceInput('microphone', { producerId, rtpParameters: same });
	expect(await one.codeOf('media:produce', input(ids[0]))).toBe('OK');
	expect(await other.codeOf('media:produce', input(ids[1]))).toBe('OK');
	const { consumers } = await watcher.ask('media:want', { wants: ids.map(want) });
	const ssrcs = consumers.map(({ rtpParameters: { encodings } }) => encodings?.[0]?.ssrc);
	expect(new Set([...ssrcs, 7777]).size).toBe(3);
	const mids = consumers.map(({ rtpParameters: { mid } }) => mid);
	expect(new Set(mids).size).toBe(2);
	// Browsers keep in step what is of one stream: whose stream that is nobody else can say.
	const streams = consumers.map(({ rtpParameters: { msid = '' } }) => msid.split(' ')[0]);
	expect(streams).toEqual(consumers.map(({ peerId }) => peerId));
	const cnames = consumers.map(({ rtpParameters: { rtcp } }) => rtcp?.cname);
	expect(cnames).toEqual(streams);
});
