import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp, type App } from '../../sfu/app.ts';
import type { RtpCapabilities } from '../../shared/rtp.ts';
import { bent } from '../support/bentProducers.ts';
import { Cast, type TestClient } from '../support/client.ts';
import { dtls, produceInput } from '../support/rtp.ts';
import { testConfig } from '../support/service.ts';

type Line = { level: number; msg: string; err?: { stack: string } } & Record<string, unknown>;

let app: App;
let cast: Cast;
let url: string;
let dir: string;
let pids: number[];
/** What was logged since the test began. */
const logged: Line[] = [];
beforeAll(async () => {
	const config = await testConfig();
	({ dir } = config.data);
	const write = (line: string) => logged.push(JSON.parse(line) as Line);
	app = await createApp(config, pino({ level: 'info' }, { write }), { lan: false });
	url = `http://127.0.0.1:${await app.listen()}`;
	pids = app.workerPids();
});
afterAll(async () => {
	await app.close();
	rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
	logged.length = 0;
	cast = new Cast({ url });
});
afterEach(() => cast.close());

const errors = () => logged.filter(({ level }) => level >= 50);

/** JSON keeps a key of this name, as a client's message would. */
const proto = JSON.parse('{"__proto__":{"apt":96},"constructor":{"x":1}}') as object;
const many = <T>(count: number, one: T) => Array.from({ length: count }, () => one);

/** Whatever somebody says: it is answered with a code of theirs, and nobody else notices. */
async function harmless(client: TestClient, requests: [string, unknown][]): Promise<string[]> {
	const bystander = await cast.joined('Bystander');
	const codes = [];
	for (const [name, input] of requests) codes.push(await client.codeOf(name, input));
	expect(app.workerPids()).toEqual(pids);
	expect(errors()).toEqual([]);
	expect(await bystander.codeOf('media:produce', produceInput('microphone'))).toBe('OK');
	return codes;
}

describe('MEDIA-17: what makes no sense is answered with a code, and the worker goes on', () => {
	test('in the description of what is sent', async () => {
		const { rtpParameters: good, ...input } = produceInput('camera');
		const [codec] = good.codecs;
		const silly = [
			{},
			{ ...good, codecs: 'VP8' },
			{ ...good, codecs: many(17, codec) },
			{ ...good, codecs: [{ ...codec, payloadType: -1 }] },
			{ ...good, codecs: [{ ...codec, clockRate: '90000' }] },
			{ ...good, codecs: [{ ...codec, rtcpFeedback: many(17, { type: 'nack' }) }] },
			{ ...good, codecs: [{ ...codec, parameters: { x: 'y\r\nm=audio' } }] },
			{ ...good, encodings: [{ ssrc: -5 }] },
			{ ...good, encodings: [{ ssrc: null }] },
			{ ...good, encodings: many(5, { rid: 'r' }) },
			{ ...good, encodings: [{ ssrc: 1, scalabilityMode: 'L99T99' }] },
			{ ...good, encodings: [{ ssrc: 1, rtx: { ssrc: 0 } }] },
			{ ...good, headerExtensions: many(300, good.headerExtensions?.[0]) },
			{ ...good, headerExtensions: [{ uri: 'urn:x', id: 1 }] },
			{ ...good, headerExtensions: [{ ...good.headerExtensions?.[0], id: 1e9 }] },
			{ ...good, mid: 'x'.repeat(33) },
			{ ...good, mid: 7 },
			{ ...good, rtcp: { cname: 'x\na=y' } },
			{ ...good, msid: '\u0000' },
			proto,
		];
		const client = await cast.joined('Sender');
		const codes = await harmless(
			client,
			silly.map((rtpParameters) => ['media:produce', { ...input, rtpParameters }]),
		);
		expect(codes).toEqual(silly.map(() => 'BAD_REQUEST'));
		// What is left out of it does no harm either.
		const codecs = good.codecs.map((one) => ({ ...one, parameters: proto }));
		const rtpParameters = { ...good, ...proto, codecs };
		expect(await client.codeOf('media:produce', { ...input, rtpParameters })).toBe('OK');
	});

	test('in the description of what can be received', async () => {
		const sender = await cast.joined('Sender');
		await sender.ask('media:produce', produceInput('camera'));
		await sender.ask('media:produce', produceInput('microphone'));
		const client = await cast.connect();
		const { routerRtpCapabilities } = await client.ask('lobby:enter', { roomId: cast.roomId });
		const { codecs = [], headerExtensions = [] } = routerRtpCapabilities;
		const [codec] = codecs;
		if (!codec) throw new Error('a router has codecs');
		const firstPage = { videos: 9, width: 640, height: 360 };
		const odd: RtpCapabilities[] = [
			{},
			{ codecs: [], headerExtensions: [] },
			{ codecs: many(64, codec), headerExtensions },
			{
				codecs: [...codecs, ...codecs],
				headerExtensions: [...headerExtensions, ...headerExtensions],
			},
			{ codecs: codecs.map((one) => ({ ...one, preferredPayloadType: 0 })) },
			{ codecs: codecs.map((one) => ({ ...one, kind: 'audio' as const })) },
			{ codecs: codecs.map((one) => ({ ...one, parameters: { apt: 'x' } })) },
			{ codecs: codecs.map((one) => ({ ...one, parameters: { apt: one.preferredPayloadType } })) },
			{ codecs: codecs.filter(({ mimeType }) => mimeType === 'video/rtx') },
			{ codecs: codecs.map((one) => ({ ...one, channels: 255 })) },
			{ codecs, headerExtensions: headerExtensions.map((one) => ({ ...one, preferredId: 200 })) },
		];
		const silly = [
			null,
			{ codecs: many(65, codec) },
			{ codecs: [{ ...codec, preferredPayloadType: Number.NaN }] },
			{ codecs: [{ ...codec, clockRate: -1 }] },
			{ headerExtensions: many(300, headerExtensions[0]) },
			{ headerExtensions: [{ ...headerExtensions[0], preferredId: -1 }] },
		];
		const codes = await harmless(
			client,
			[...odd, ...silly].flatMap((rtpCapabilities): [string, unknown][] => [
				['lobby:prepare', { rtpCapabilities, firstPage }],
				['media:loopback', { rtpCapabilities }],
			]),
		);
		expect(codes.slice(0, odd.length * 2)).toEqual(many(odd.length * 2, 'OK'));
		expect(codes.slice(odd.length * 2)).toEqual(many(silly.length * 2, 'BAD_REQUEST'));
	});

	test('in DTLS and ICE', async () => {
		const client = await cast.joined('Client');
		const [fingerprint] = dtls().fingerprints;
		const connect = (dtlsParameters: unknown) => ({ direction: 'send', dtlsParameters });
		const codes = await harmless(client, [
			['media:connect', connect(null)],
			['media:connect', connect({ fingerprints: many(9, fingerprint) })],
			['media:connect', connect({ fingerprints: [{ ...fingerprint, value: 'AB:CD' }] })],
			['media:connect', connect({ fingerprints: [{ ...fingerprint, algorithm: 'sha-512' }] })],
			['media:connect', connect({ fingerprints: [fingerprint], role: 'both' })],
			['media:connect', connect(proto)],
			['media:restart-ice', { direction: 'up' }],
			['media:restart-ice', proto],
		]);
		expect(codes).toEqual(many(8, 'BAD_REQUEST'));
		const doubled = { fingerprints: many(8, fingerprint), role: 'server' };
		expect(await client.codeOf('media:connect', connect(doubled))).toBe('OK');
		expect(app.workerPids()).toEqual(pids);
	});
});

test('MEDIA-16: a refusal of the engine that nobody foresaw is logged once, with the room and the producer', async () => {
	const sender = await cast.joined('Sender');
	const microphone = produceInput('microphone');
	bent.add(microphone.producerId);
	await sender.ask('media:produce', microphone);
	const viewers = [await cast.joined('One'), await cast.joined('Two'), await cast.joined('Three')];
	const wants = [{ producerId: microphone.producerId, width: 0, height: 0, priority: 1 }];
	for (const viewer of viewers) await viewer.ask('media:want', { wants });
	expect(errors()).toMatchObject([
		{
			room: cast.roomId,
			producerId: microphone.producerId,
			err: { message: expect.stringContaining('duplicated payloadType') as string },
		},
	]);
});
