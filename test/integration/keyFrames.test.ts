import { createWorker } from 'mediasoup';
import type { Consumer, Router, Worker } from 'mediasoup/types';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routerCodecs } from '../../sfu/media/worker/codecs.ts';
import { Refusals } from '../../sfu/media/peer/engineErrors.ts';
import { linkPortsBeside, Pipes } from '../../sfu/media/worker/pipes.ts';
import { PeerProducers, type ProducerSettings } from '../../sfu/media/peer/peerProducers.ts';
import { newPeerId, newProducerId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';
import { UdpCamera } from '../support/udpCamera.ts';

let worker: Worker;
beforeAll(async () => {
	worker = await createWorker({ logLevel: 'none' });
});
afterAll(() => worker.close());

const ssrc = 4343;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A camera of a peer, whose packets come over UDP. */
async function camera(router: Router, settings: ProducerSettings = {}) {
	const udp = await UdpCamera.create(router, [ssrc]);
	const write = (line: string) => {
		throw new Error(line);
	};
	const log = pino({ level: 'error' }, { write });
	const refusals = new Refusals(log);
	const pipes = new Pipes(linkPortsBeside({ first: 40_000, last: 40_000 }), log);
	const capabilities = router.rtpCapabilities;
	const producers = new PeerProducers(
		newPeerId(),
		udp.transport,
		capabilities,
		pipes,
		refusals,
		log,
		settings,
	);
	const { rtpParameters, ...input } = produceInput('camera');
	const producerId = newProducerId();
	await producers.produce({
		...input,
		producerId,
		rtpParameters: { ...rtpParameters, headerExtensions: [], encodings: [{ ssrc }] },
	});
	return { producerId, udp };
}

async function viewer(router: Router, producerId: string): Promise<Consumer> {
	const transport = await router.createDirectTransport();
	return transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
}

test.each([
	{ interval: 1000, settings: {} },
	{ interval: 350, settings: { keyFrameInterval: 350 } },
])(
	'MEDIA-19, A-M11: however many viewers ask, a sender is asked for a key frame every $interval ms',
	async ({ interval, settings }) => {
		const router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
		const { producerId, udp } = await camera(router, settings);
		const { asked } = udp;
		udp.sendKeyFrames();
		const viewers = await Promise.all(Array.from({ length: 5 }, () => viewer(router, producerId)));
		await eventually(() => asked.length > 0);
		// What the viewers began with is answered.
		for (let turn = 0; turn < 50; turn++) {
			udp.sendKeyFrames();
			await pause(50);
		}
		asked.length = 0;
		const began = performance.now();
		/** How often each viewer had asked when the first question came to the sender. */
		let turnsToFirst: number | null = null;
		for (let turn = 1; performance.now() - began < 2500; turn++) {
			await Promise.all(viewers.map((one) => one.requestKeyFrame()));
			udp.sendKeyFrames();
			await pause(20);
			if (asked.length > 0) turnsToFirst ??= turn;
		}
		// The first one at once, and not after the pause of a second.
		expect(turnsToFirst).toBeLessThan(30);
		expect(asked.length).toBeGreaterThanOrEqual(1000 / interval);
		expect(asked.length).toBeGreaterThanOrEqual(2);
		expect(asked.length).toBeLessThanOrEqual(1 + (performance.now() - began) / interval);
		udp.end();
	},
);
