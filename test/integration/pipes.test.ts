import { createWorker } from 'mediasoup';
import type {
	BaseTransportDump,
	Consumer,
	PipeTransport,
	Producer,
	Router,
	Transport,
	Worker,
} from 'mediasoup/types';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { routerCodecs } from '../../sfu/media/worker/codecs.ts';
import { linkPortsBeside, Pipes } from '../../sfu/media/worker/pipes.ts';
import { newProducerId, type ProducerId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { silent } from '../support/stores.ts';
import { UdpCamera } from '../support/udpCamera.ts';
import { Voice } from '../support/voice.ts';

const count = 3;
let workers: Worker[];
let routers: Router[];
let pipes: Pipes;
/** What went wrong, as it was logged. */
let trouble: unknown[];
/** Producers at the far ends of pipes, by router and producer, and whatever was there twice. */
let piped: Map<string, Producer>;
let doubled: string[];
/** The ends of links. */
let ends: Transport[];
let toEnd: { stop(): void }[];

beforeAll(async () => {
	workers = await Promise.all(
		Array.from({ length: count }, () => createWorker({ logLevel: 'none' })),
	);
});
afterAll(() => {
	for (const worker of workers) worker.close();
});
beforeEach(async () => {
	trouble = [];
	doubled = [];
	ends = [];
	piped = new Map();
	toEnd = [];
	const ports = linkPortsBeside({ first: 40_000, last: 40_003 });
	pipes = new Pipes(ports, pino({ level: 'error' }, { write: (line) => trouble.push(line) }));
	const mediaCodecs = routerCodecs('vp8');
	routers = await Promise.all(workers.map((worker) => worker.createRouter({ mediaCodecs })));
	for (const router of routers) {
		pipes.add(router);
		router.observer.on('newtransport', (transport) => {
			if (transport.type !== 'pipe') return;
			ends.push(transport);
			transport.observer.on('newproducer', (producer) => {
				const key = `${router.id} ${producer.id}`;
				if (piped.has(key)) doubled.push(key);
				piped.set(key, producer);
				producer.observer.once('close', () => piped.delete(key));
			});
		});
	}
});
afterEach(() => {
	for (const each of toEnd) each.stop();
	for (const router of routers) router.close();
	expect(trouble).toEqual([]);
});

const routerAt = (index: number): Router => {
	const router = routers[index];
	if (!router) throw new Error('there is no such router');
	return router;
};

async function voice(at: number, level = -20): Promise<Voice> {
	const made = await Voice.create(routerAt(at), 1000 + toEnd.length);
	made.level = level;
	toEnd.push(made);
	return made;
}

/** A consumer, the packets that it got, and what it holds. */
async function listen(producerId: string, at: number, by = pipes) {
	const router = routerAt(at);
	const release = await by.hold(producerId as ProducerId, router);
	const transport = await router.createDirectTransport();
	const consumer = await transport.consume({
		producerId,
		rtpCapabilities: router.rtpCapabilities,
	});
	consumer.observer.once('close', release);
	const heard = { packets: 0 };
	consumer.on('rtp', () => heard.packets++);
	return { consumer, heard };
}

/** What the workers themselves say: how many consumers and producers their pipes have, altogether. */
async function inPipes(): Promise<number> {
	const open = ends.filter(({ closed }) => !closed);
	const dumps = (await Promise.all(open.map((end) => end.dump()))) as BaseTransportDump[];
	return dumps.flatMap(({ producerIds, consumerIds }) => [...producerIds, ...consumerIds]).length;
}

test('a microphone is heard on every router, by one pipe to each of the others', async () => {
	const { id } = await voice(0);
	const listeners = await Promise.all([0, 1, 1, 2, 2].map((at) => listen(id, at)));
	await eventually(() => listeners.every(({ heard }) => heard.packets > 20));
	expect([...piped.keys()].sort()).toEqual([1, 2].map((at) => `${routerAt(at).id} ${id}`).sort());
	expect(await inPipes()).toBe(4);
	for (const { consumer } of listeners) consumer.close();
	expect(piped.size).toBe(0);
	expect(await inPipes()).toBe(0);
	// It can be had again.
	const { heard } = await listen(id, 2);
	await eventually(() => heard.packets > 0);
});

test('both directions between two routers share one link', async () => {
	const [one, two] = [await voice(0), await voice(1)];
	const listeners = await Promise.all([listen(one.id, 1), listen(two.id, 0)]);
	await eventually(() => listeners.every(({ heard }) => heard.packets > 0));
	expect(ends).toHaveLength(2);
});

test('between machines media goes from address to address, and is encrypted', async () => {
	const ports = linkPortsBeside({ first: 40_000, last: 40_003 });
	// Two addresses of loopback stand for two machines.
	const [ours, address] = ['127.0.0.1', '127.0.0.2'];
	const far = new Pipes(ports, silent);
	far.add(routerAt(0));
	far.add(routerAt(1), { address, ours, ports });
	const { id } = await voice(0);
	const { heard } = await listen(id, 1, far);
	await eventually(() => heard.packets > 20);
	const made = ends as PipeTransport[];
	expect(made.map(({ tuple }) => tuple.localAddress).toSorted()).toEqual([ours, address]);
	const encrypted = { cryptoSuite: expect.stringContaining('AES') };
	for (const { srtpParameters } of made) expect(srtpParameters).toMatchObject(encrypted);
});

test('a producer that pauses is paused on the other routers, and flows there again when it resumes', async () => {
	const { id, producer } = await voice(0);
	const { consumer, heard } = await listen(id, 1);
	await eventually(() => heard.packets > 0);
	await producer.pause();
	await eventually(() => consumer.producerPaused);
	await producer.resume();
	await eventually(() => !consumer.producerPaused);
	const before = heard.packets;
	await eventually(() => heard.packets > before);
	// What was paused before it is piped is paused there, too.
	await producer.pause();
	const late = await listen(id, 2);
	expect(late.consumer.producerPaused).toBe(true);
	await producer.resume();
	await eventually(() => !late.consumer.producerPaused && late.heard.packets > 0);
});

test('ROOM-11: a microphone that is not heard is not sent to other routers, and is not muted there', async () => {
	const { id } = await voice(0);
	const { consumer, heard } = await listen(id, 1);
	await eventually(() => heard.packets > 0);
	pipes.silence(new Set([id]));
	const stands = async () => {
		const before = heard.packets;
		await new Promise((resolve) => setTimeout(resolve, 100));
		return heard.packets === before;
	};
	await eventually(stands);
	expect(consumer.producerPaused).toBe(false);
	// A pipe that is opened now is silent, too.
	const late = await listen(id, 2);
	pipes.silence(new Set());
	await eventually(() => late.heard.packets > 0 && consumer.producerPaused === false);
	const before = heard.packets;
	await eventually(() => heard.packets > before);
});

test('a producer that ends, ends its pipes and all consumers of them', async () => {
	const { id, producer } = await voice(0);
	const { consumer } = await listen(id, 1);
	producer.close();
	expect(piped.size).toBe(0);
	await eventually(() => consumer.closed);
	expect(await inPipes()).toBe(0);
	expect(await pipes.hold(id, routerAt(1))).toBeTypeOf('function');
	expect(piped.size).toBe(0);
});

test('a producer that ends while it is piped leaves no pipe, and whoever waits is told', async () => {
	const { id, producer } = await voice(0);
	const wants = [1, 1, 2].map((at) => pipes.hold(id, routerAt(at)));
	producer.close();
	const outcomes = await Promise.allSettled(wants);
	expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
	expect(await inPipes()).toBe(0);
});

test('a router that closes takes its pipes along, and the others go on', async () => {
	const { id } = await voice(0);
	const [gone, stays] = [await listen(id, 1), await listen(id, 2)];
	routerAt(1).close();
	expect(gone.consumer.closed).toBe(true);
	expect([...piped.keys()]).toEqual([`${routerAt(2).id} ${id}`]);
	routers.splice(1, 1);
	await eventually(async () => (await inPipes()) === 2);
	const before = stays.heard.packets;
	await eventually(() => stays.heard.packets > before);
});

test('a worker that dies while pauses cross to it ends its pipes, and leaves no failure that nobody caught', async () => {
	const worker = await createWorker({ logLevel: 'none' });
	const router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
	pipes.add(router);
	const { id, producer } = await voice(0);
	const { consumer } = await listen(id, 1);
	await pipes.hold(id, router);
	expect(await inPipes()).toBe(3);
	process.kill(worker.pid, 'SIGKILL');
	while (!worker.closed) {
		await producer.pause();
		await producer.resume();
	}
	await eventually(async () => (await inPipes()) === 2);
	await eventually(() => !consumer.producerPaused);
});

describe('a camera in three sizes on another router', () => {
	const ssrcs = [4001, 4002, 4003];
	let udp: UdpCamera;
	let producer: Producer;
	let sending: NodeJS.Timeout;
	let consumer: Consumer;
	let heard: { packets: number };
	beforeEach(async () => {
		udp = await UdpCamera.create(routerAt(0), ssrcs);
		producer = await udp.transport.produce({
			id: newProducerId(),
			kind: 'video',
			rtpParameters: {
				codecs: [
					{
						mimeType: 'video/VP8',
						payloadType: 96,
						clockRate: 90000,
						rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
					},
				],
				encodings: ssrcs.map((ssrc) => ({ ssrc, scalabilityMode: 'L1T1' })),
				rtcp: { cname: 'camera' },
				msid: 'stream track',
			},
			keyFrameRequestDelay: 1000,
		});
		udp.sendKeyFrames();
		sending = setInterval(() => udp.sendKeyFrames(), 20);
		({ consumer, heard } = await listen(producer.id, 1));
	});
	afterEach(() => {
		clearInterval(sending);
		udp.end();
	});

	test('comes in the layer that is preferred, and changes it', async () => {
		for (const spatialLayer of [0, 2, 1]) {
			await consumer.setPreferredLayers({ spatialLayer });
			await eventually(() => consumer.currentLayers?.spatialLayer === spatialLayer);
		}
		expect(heard.packets).toBeGreaterThan(0);
		expect(consumer.score.producerScores).toHaveLength(3);
	});

	test('is of the same stream, with retransmission, as on its own router', async () => {
		const near = await listen(producer.id, 0);
		for (const { rtpParameters } of [near.consumer, consumer]) {
			expect(rtpParameters).toMatchObject({ rtcp: { cname: 'camera' }, msid: 'stream track' });
			expect(rtpParameters.codecs.map(({ mimeType }) => mimeType)).toEqual([
				'video/VP8',
				'video/rtx',
			]);
			expect(rtpParameters.encodings?.[0]?.scalabilityMode).toBe('L3T1');
		}
		// What is lost on the way between the workers is sent again.
		const [far] = piped.values();
		expect(far?.rtpParameters.codecs[0]?.rtcpFeedback).toContainEqual({
			type: 'nack',
			parameter: '',
		});
		expect(far?.rtpParameters.encodings?.every(({ rtx }) => rtx)).toBe(true);
	});

	test('MEDIA-19: is asked for key frames across the pipe, once a second for each size', async () => {
		await consumer.setPreferredLayers({ spatialLayer: 2 });
		await eventually(() => consumer.currentLayers?.spatialLayer === 2);
		// What the pipe and its consumer began with is answered.
		await eventually(() => (udp.asked.at(-1)?.at ?? Infinity) < performance.now() - 1100);
		udp.asked.length = 0;
		const began = performance.now();
		while (performance.now() - began < 2500) {
			await consumer.requestKeyFrame();
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		const top = udp.asked.filter(({ ssrc }) => ssrc === ssrcs[2]);
		expect(top.length).toBeGreaterThanOrEqual(2);
		expect(top.length).toBeLessThanOrEqual(1 + (performance.now() - began) / 1000);
	});
});

/** The same numbers for the same seed, from 0 to 1. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test.each([11, 12, 13])(
	'whatever is wanted, given up and ended at the same time, no producer is piped twice to a router, and nothing stays (seed %i)',
	async (seed) => {
		const random = numbers(seed);
		const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
		const producers: { at: number; producer: Producer }[] = [];
		const publish = async () => {
			const at = Math.floor(random() * count);
			const { producer } = await voice(at);
			producers.push({ at, producer });
		};
		for (let made = 0; made < 4; made++) await publish();
		const held: (() => void)[] = [];
		const asked: Promise<void>[] = [];
		const want = () => {
			const { producer } = pick(producers) ?? {};
			if (!producer) return;
			const router = routerAt(Math.floor(random() * count));
			const task = pipes.hold(producer.id as ProducerId, router).then(
				(release) => {
					// Whoever holds it can consume it, unless it ended.
					const { rtpCapabilities } = router;
					if (!producer.closed)
						expect(router.canConsume({ producerId: producer.id, rtpCapabilities })).toBe(true);
					held.push(release);
				},
				() => expect(producer.closed).toBe(true),
			);
			asked.push(task);
		};
		for (let step = 0; step < 300; step++) {
			const kind = random();
			if (kind < 0.5) want();
			else if (kind < 0.85) held.splice(Math.floor(random() * held.length), 1)[0]?.();
			else if (kind < 0.88) pick(producers)?.producer.close();
			else if (kind < 0.9) await publish();
			else if (kind < 0.95) await new Promise((resolve) => setImmediate(resolve));
			else await pick(asked);
		}
		await Promise.all(asked);
		expect(doubled).toEqual([]);
		for (const release of held) release();
		expect(piped.size).toBe(0);
		expect(await inPipes()).toBe(0);
	},
);
