import fc from 'fast-check';
import { afterAll, beforeAll } from 'vitest';
import { newProducerId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { mediaSource } from '../../shared/mediaSource.ts';
import { TestClient } from '../support/client.ts';
import { dtls, produceInput } from '../support/rtp.ts';
import { oddValue } from './odd.ts';
import { underAttack } from './run.ts';
import { Target } from './target.ts';

const target = new Target();
beforeAll(() => target.ready());
afterAll(() => target.close());

const sources = mediaSource.options;
/** Where those come from who want to get in beside the attackers. */
const newcomers = '127.3.0.1';

const payloadType = fc.constantFrom(0, 96, 97, 98, 111, 112, 127);
const parameters = fc.dictionary(
	fc.constantFrom(
		'apt',
		'profile-id',
		'profile-level-id',
		'packetization-mode',
		'useinbandfec',
		'x',
	),
	fc.oneof(payloadType, fc.constantFrom<unknown>('42e01f', 'x', '', 1e308, -1, true)),
	{ maxKeys: 2 },
);
const feedback = fc.array(
	fc.record({
		type: fc.constantFrom('nack', 'ccm', 'goog-remb', 'transport-cc', 'x', ''),
		parameter: fc.constantFrom('', 'pli', 'fir', 'x'),
	}),
	{ maxLength: 3 },
);
const audio = fc.record(
	{
		mimeType: fc.constantFrom(
			'audio/opus',
			'audio/OPUS',
			'audio/opus',
			'audio/PCMU',
			'audio/rtx',
			'audio/x',
		),
		payloadType,
		clockRate: fc.constantFrom(48000, 48000, 48000, 8000, 1),
		channels: fc.constantFrom(2, 2, 2, 1, 255),
		parameters,
		rtcpFeedback: feedback,
	},
	{ requiredKeys: ['mimeType', 'payloadType', 'clockRate', 'channels'] },
);
const video = fc.record(
	{
		mimeType: fc.constantFrom(
			'video/VP8',
			'video/VP8',
			'video/VP9',
			'video/H264',
			'video/AV1',
			'video/rtx',
		),
		payloadType,
		clockRate: fc.constantFrom(90000, 90000, 90000, 1),
		parameters,
		rtcpFeedback: feedback,
	},
	{ requiredKeys: ['mimeType', 'payloadType', 'clockRate'] },
);
const codecs = (codec: typeof audio | typeof video) =>
	fc.array<unknown>(codec, { minLength: 1, maxLength: 4 });
const ssrc = fc.constantFrom(1, 2, 3, 99, 0xffffffff);
const encodings = fc.array(
	fc.record(
		{
			ssrc,
			rid: fc.constantFrom('r0', 'r1', 'r2', 'x'),
			codecPayloadType: payloadType,
			rtx: fc.record({ ssrc }),
			dtx: fc.boolean(),
			scalabilityMode: fc.constantFrom('L1T3', 'L3T3', 'L3T3_KEY', 'S3T3', 'L99T99', 'x', ''),
			maxBitrate: fc.constantFrom(0, 1, 1_000_000_000),
		},
		{ requiredKeys: [] },
	),
	{ maxLength: 4 },
);
const headerExtensions = fc.array(
	fc.record({
		uri: fc.constantFrom(
			'urn:ietf:params:rtp-hdrext:sdes:mid',
			'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
			'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
			'urn:3gpp:video-orientation',
			'urn:mediasoup:params:rtp-hdrext:packet-id',
		),
		id: fc.constantFrom(1, 1, 2, 14, 15, 255),
		encrypt: fc.boolean(),
	}),
	{ maxLength: 4 },
);

/** A description of what is sent, in which up to two things are not as a browser says them. */
const described = fc.constantFrom(...sources).chain((source) => {
	const { rtpParameters, ...whole } = produceInput(source);
	const [usual] = rtpParameters.codecs;
	const isVideo = usual?.mimeType.startsWith('video') === true;
	const change = fc.oneof(
		// The same codec under several numbers, which a router may take for several codecs.
		fc.array(payloadType, { minLength: 1, maxLength: 3 }).map((numbers) => ({
			codecs: numbers.map((number) => ({ ...usual, payloadType: number })),
		})),
		codecs(isVideo ? video : audio).map((changed) => ({ codecs: changed })),
		codecs(isVideo ? audio : video).map((changed) => ({ codecs: changed })),
		headerExtensions.map((changed) => ({ headerExtensions: changed })),
		encodings.map((changed) => ({ encodings: changed })),
		fc.constantFrom('', '0', '1', 'x'.repeat(32)).map((mid) => ({ mid })),
		fc
			.constantFrom({}, { cname: '' }, { cname: 'x'.repeat(256), reducedSize: false })
			.map((rtcp) => ({ rtcp })),
	);
	return fc.array<object>(change, { maxLength: 2 }).map((changes) => ({
		...whole,
		rtpParameters: Object.assign({ ...rtpParameters }, ...changes) as object,
	}));
});
/** The same with another id each time it is sent: a batch is carried out again while it is made smaller. */
const produced = fc
	.tuple(described, fc.boolean(), fc.nat({ max: 3 }))
	.map(([input, paused, layers]) => ({
		...input,
		paused,
		...(layers > 0 && { layers }),
	}));

const capabilities = fc.record(
	{
		codecs: fc.array(
			fc.record({
				kind: fc.constantFrom('audio', 'video'),
				mimeType: fc.constantFrom('audio/opus', 'video/VP8', 'video/VP9', 'video/rtx', 'audio/x'),
				preferredPayloadType: payloadType,
				clockRate: fc.constantFrom(48000, 90000, 1),
				channels: fc.constantFrom(1, 2, 255),
				parameters,
				rtcpFeedback: feedback,
			}),
			{ maxLength: 5 },
		),
		headerExtensions: fc.array(
			fc.record({
				kind: fc.constantFrom('audio', 'video'),
				uri: fc.constantFrom(
					'urn:ietf:params:rtp-hdrext:sdes:mid',
					'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
				),
				preferredId: fc.constantFrom(1, 2, 255),
				direction: fc.constantFrom('sendrecv', 'inactive'),
			}),
			{ maxLength: 3 },
		),
	},
	{ requiredKeys: [] },
);
const connected = fc.record({
	direction: fc.constantFrom('send', 'recv'),
	dtlsParameters: fc.oneof(
		fc.constant<unknown>(dtls()),
		fc.record({
			role: fc.constantFrom('auto', 'client', 'server', 'x'),
			fingerprints: fc.array(
				fc.record({
					algorithm: fc.constantFrom('sha-1', 'sha-256', 'sha-512', 'md5'),
					value: fc.constantFrom(20, 32, 64, 5).map((size) => Array(size).fill('AB').join(':')),
				}),
				{ maxLength: 3 },
			),
		}),
		oddValue,
	),
});
const wanted = fc.record({
	/** What of the bystanders' and attackers' producers, by number; ones that are not there beyond. */
	wants: fc.array(
		fc.record({
			of: fc.nat({ max: 9 }),
			width: fc.constantFrom(0, 1, 640, 16384, 1.5),
			height: fc.constantFrom(0, 1, 360, 16384),
			priority: fc.constantFrom(1, 255, 0),
		}),
		{ maxLength: 12 },
	),
});

type Step =
	| { produce: object }
	| { connect: object }
	| { want: { wants: { of: number; width: number; height: number; priority: number }[] } }
	| { loopback: unknown }
	| { restart: string }
	| { update: { paused: boolean; width: number; height: number; layers?: number } }
	| { leave: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 6, arbitrary: produced.map((produce) => ({ produce })) },
	{ weight: 2, arbitrary: connected.map((connect) => ({ connect })) },
	{ weight: 2, arbitrary: wanted.map((want) => ({ want })) },
	{ weight: 1, arbitrary: capabilities.map((loopback) => ({ loopback })) },
	{ weight: 1, arbitrary: fc.constantFrom('send', 'recv', 'x').map((restart) => ({ restart })) },
	{
		weight: 1,
		arbitrary: fc
			.record({
				paused: fc.boolean(),
				width: fc.constantFrom(0, 1, 16384),
				height: fc.constantFrom(0, 16384),
				layers: fc.constantFrom(1, 4),
			})
			.map((update) => ({ update })),
	},
);

/** Somebody with these capabilities, who asks for these things from the lobby on and joins after some of them. */
type Peer = { capabilities: unknown; lobby: Step[]; room: Step[] };
const peer: fc.Arbitrary<Peer> = fc.record({
	capabilities: fc.oneof(
		{ weight: 3, arbitrary: fc.constant<unknown>(null) },
		{ weight: 1, arbitrary: capabilities },
	),
	lobby: fc.array(step, { maxLength: 3 }),
	room: fc.array(step, { maxLength: 5 }),
});

async function carryOut(client: TestClient, steps: Step[]): Promise<void> {
	const own: string[] = [];
	for (const step of steps) {
		if ('produce' in step) {
			const producerId = newProducerId();
			own.push(producerId);
			await client.raw('media:produce', { ...step.produce, producerId });
		} else if ('connect' in step) await client.raw('media:connect', step.connect);
		else if ('loopback' in step)
			await client.raw('media:loopback', { rtpCapabilities: step.loopback });
		else if ('restart' in step) await client.raw('media:restart-ice', { direction: step.restart });
		else if ('update' in step)
			await client.raw('media:update', {
				producerId: own.at(-1) ?? newProducerId(),
				...step.update,
			});
		else if ('want' in step) {
			const known = client.told('producer:added').map(({ producer }) => producer.producerId);
			const wants = step.want.wants.map(({ of, ...want }) => ({
				...want,
				producerId: known[of] ?? own[of] ?? newProducerId(),
			}));
			await client.raw('media:want', { wants });
		}
	}
}

/** An attacker in the bystander's room, who stays. */
async function enter(client: TestClient, { capabilities, lobby, room }: Peer): Promise<void> {
	const { roomId } = target;
	const entered = await client.ask('lobby:enter', { roomId });
	await carryOut(client, lobby);
	await client.raw('room:join', {
		roomId,
		name: 'Attacker',
		rtpCapabilities: capabilities ?? entered.routerRtpCapabilities,
		firstPage: { videos: 9, width: 640, height: 360 },
	});
	await carryOut(client, room);
}

/** Somebody new gets in, and receives what can be received. */
async function someoneComes(): Promise<void> {
	const client = await TestClient.connect(target.service, { from: newcomers });
	try {
		const { roomId } = target;
		const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId });
		const rtpCapabilities = routerRtpCapabilities;
		const firstPage = { videos: 9, width: 640, height: 360 };
		await client.ask('lobby:prepare', { rtpCapabilities, firstPage });
		const join = { roomId, name: 'Newcomer', rtpCapabilities, firstPage };
		const { peers } = await client.ask('room:join', join);
		const producers = peers.flatMap((other) => other.producers);
		const wants = producers.map(({ producerId, source }) => ({
			producerId,
			...(source === 'camera' || source === 'screen'
				? { width: 640, height: 360 }
				: { width: 0, height: 0 }),
			priority: 1,
		}));
		await client.ask('media:want', { wants });
		await client.ask('room:leave', {});
	} finally {
		client.close();
	}
}

underAttack(
	'room-media',
	'A-H1: nothing that is said of media harms the service, its workers, or anybody else in the room',
	peer,
	async (batch) => {
		const clients: TestClient[] = [];
		await target.survives(
			async () => {
				for (const [index, peer] of batch.entries()) {
					const client = await target.connect(index);
					clients.push(client);
					await enter(client, peer);
				}
			},
			async () => {
				try {
					await someoneComes();
				} finally {
					for (const client of clients) client.close();
				}
			},
		);
	},
	() => target.settles(),
);

/** Somebody who meets strangers with this said of their media. */
type Meeting = { capabilities: unknown; steps: Step[] };
const meeting: fc.Arbitrary<Meeting> = fc.record({
	capabilities: fc.oneof(
		{ weight: 3, arbitrary: fc.constant<unknown>(null) },
		{ weight: 1, arbitrary: capabilities },
	),
	steps: fc.array(step, { minLength: 1, maxLength: 5 }),
});

async function enterHall(client: TestClient, { capabilities, steps }: Meeting): Promise<void> {
	const { media } = await client.ask('match:enter', { media: true });
	await carryOut(client, steps);
	await client.raw('match:start', {
		mode: 'video',
		agree: rulesVersion,
		receive: {
			rtpCapabilities: capabilities ?? media?.routerRtpCapabilities,
			view: { width: 640, height: 360 },
		},
	});
}

const harmless: Meeting = { capabilities: null, steps: [] };

underAttack(
	'match-media',
	'A-H1: who meets somebody is told so, whatever the other one says of their media',
	meeting,
	async (batch) => {
		const clients: TestClient[] = [];
		await target.survives(
			async () => {
				const [first = harmless] = batch;
				const attacker = await target.connect();
				const victim = await TestClient.connect(target.service, { from: newcomers });
				clients.push(attacker, victim);
				await enterHall(victim, harmless);
				await enterHall(attacker, first);
			},
			async () => {
				const [attacker, victim] = clients;
				try {
					if (!attacker || !victim) return;
					// Pairs are made once a second at the latest; both are told in the same moment.
					const end = Date.now() + 3_000;
					const met = (client: TestClient) => client.told('match:found').length > 0;
					while (Date.now() < end && !met(victim) && !met(attacker))
						await new Promise((resolve) => setTimeout(resolve, 20));
					if (met(attacker)) await victim.until('match:found');
				} finally {
					for (const client of clients) client.close();
				}
			},
		);
	},
	() => target.settles(),
);
