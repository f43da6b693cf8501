import { createSocket, type Socket } from 'node:dgram';
import { createWorker } from 'mediasoup';
import type { Consumer, PlainTransport, Router, Worker } from 'mediasoup/types';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routerCodecs } from '../../sfu/media/worker/codecs.ts';
import { Refusals } from '../../sfu/media/peer/engineErrors.ts';
import { PeerProducers } from '../../sfu/media/peer/peerProducers.ts';
import { newPeerId, newProducerId } from '../../shared/ids.ts';
import { eventually } from '../support/client.ts';
import { produceInput } from '../support/rtp.ts';

let worker: Worker;
beforeAll(async () => {
	worker = await createWorker({ logLevel: 'none' });
});
afterAll(() => worker.close());

const ssrc = 4343;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A camera whose packets come over UDP, and when it was asked for key frames. */
async function camera(router: Router) {
	const transport: PlainTransport = await router.createPlainTransport({
		listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
		comedia: true,
		rtcpMux: true,
	});
	const write = (line: string) => {
		throw new Error(line);
	};
	const log = pino({ level: 'error' }, { write });
	const refusals = new Refusals(log);
	const capabilities = router.rtpCapabilities;
	const producers = new PeerProducers(newPeerId(), transport, capabilities, refusals, log);
	const { rtpParameters, ...input } = produceInput('camera');
	const producerId = newProducerId();
	await producers.produce({
		...input,
		producerId,
		rtpParameters: { ...rtpParameters, headerExtensions: [], encodings: [{ ssrc }] },
	});
	const socket: Socket = createSocket('udp4');
	const asked: number[] = [];
	socket.on('message', (packet) => {
		// Picture loss indications, wherever they stand in a compound packet.
		for (let at = 0; at + 4 <= packet.length; at += 4 + packet.readUInt16BE(at + 2) * 4)
			if (packet[at] === 0x81 && packet[at + 1] === 206) asked.push(performance.now());
	});
	let sequence = 0;
	const sendKeyFrame = () => {
		const packet = Buffer.alloc(40);
		packet[0] = 0x80;
		packet[1] = 0x80 | 96;
		packet.writeUInt16BE(sequence++, 2);
		packet.writeUInt32BE(sequence * 3000, 4);
		packet.writeUInt32BE(ssrc, 8);
		packet[12] = 0x10;
		socket.send(packet, transport.tuple.localPort, '127.0.0.1');
	};
	return { producerId, asked, sendKeyFrame, end: () => socket.close() };
}

async function viewer(router: Router, producerId: string): Promise<Consumer> {
	const transport = await router.createDirectTransport();
	return transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities });
}

test('MEDIA-19, A-M11: however many viewers ask, a sender is asked for a key frame once a second', async () => {
	const router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
	const { producerId, asked, sendKeyFrame, end } = await camera(router);
	sendKeyFrame();
	const viewers = await Promise.all(Array.from({ length: 5 }, () => viewer(router, producerId)));
	await eventually(() => asked.length > 0);
	// What the viewers began with is answered.
	for (let turn = 0; turn < 50; turn++) {
		sendKeyFrame();
		await pause(50);
	}
	asked.length = 0;
	const began = performance.now();
	while (performance.now() - began < 2500) {
		await Promise.all(viewers.map((one) => one.requestKeyFrame()));
		sendKeyFrame();
		await pause(20);
	}
	// The first one at once.
	expect((asked[0] ?? Infinity) - began).toBeLessThan(200);
	expect(asked.length).toBeGreaterThanOrEqual(2);
	for (const [index, at] of asked.entries())
		if (index > 0) expect(at - (asked[index - 1] ?? 0)).toBeGreaterThan(900);
	end();
});
