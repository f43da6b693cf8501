import { createSocket } from 'node:dgram';
import { createWorker } from 'mediasoup';
import type { Producer, Router, Worker } from 'mediasoup/types';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { routerCodecs } from '../../sfu/media/worker/codecs.ts';
import { VoiceActivity } from '../../sfu/media/speakers/voiceActivity.ts';
import { eventually } from '../support/client.ts';

let worker: Worker;
let router: Router;
beforeAll(async () => {
	worker = await createWorker({ logLevel: 'none' });
});
afterAll(() => worker.close());
beforeEach(async () => {
	router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
});

const audioLevel = { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1 } as const;
const [ssrc, payloadType] = [4242, 111];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A microphone whose packets come over UDP, and how to send one. */
async function microphone(): Promise<{
	producer: Producer;
	send: (bytes: number, level?: number) => void;
	end: () => void;
}> {
	const transport = await router.createPlainTransport({
		listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
		comedia: true,
		rtcpMux: true,
	});
	const producer = await transport.produce({
		kind: 'audio',
		rtpParameters: {
			codecs: [{ mimeType: 'audio/opus', payloadType, clockRate: 48000, channels: 2 }],
			headerExtensions: [audioLevel],
			encodings: [{ ssrc }],
		},
	});
	const socket = createSocket('udp4');
	let sequence = 0;
	const send = (bytes: number, level = 127) => {
		const packet = Buffer.alloc(20 + bytes);
		packet[0] = 0x90;
		packet[1] = payloadType;
		packet.writeUInt16BE(sequence++ & 0xffff, 2);
		packet.writeUInt32BE((sequence * 960) >>> 0, 4);
		packet.writeUInt32BE(ssrc, 8);
		packet.writeUInt16BE(0xbede, 12);
		packet.writeUInt16BE(1, 14);
		packet[16] = 0x10;
		packet[17] = 0x80 | level;
		socket.send(packet, transport.tuple.localPort, '127.0.0.1');
	};
	return { producer, send, end: () => socket.close() };
}

/** Packets that reached this process, of all that is listened to on this router from now on. */
function received(): { packets: number; open: number } {
	const seen = { packets: 0, open: 0 };
	router.observer.on('newtransport', (transport) =>
		transport.observer.on('newconsumer', (consumer) => {
			seen.open++;
			consumer.on('rtp', () => seen.packets++);
			consumer.observer.once('close', () => seen.open--);
		}),
	);
	return seen;
}

test('A-M10: a microphone that sends faster than Opus can is listened to no longer', async () => {
	const { producer, send, end } = await microphone();
	const seen = received();
	const voiceActivity = new VoiceActivity(router, () => undefined);
	voiceActivity.listenTo([producer]);
	await eventually(() => seen.open === 1);
	for (let batch = 0; batch < 100; batch++) {
		for (let packet = 0; packet < 100; packet++) send(1);
		await pause(5);
	}
	const { byteCount = 0 } = (await producer.getStats())[0] ?? {};
	expect(byteCount).toBeGreaterThan(50_000);
	expect(seen.packets).toBeGreaterThan(0);
	expect(seen.packets).toBeLessThan(300);
	expect(seen.open).toBe(0);

	// Neither does muting and unmuting open the way again.
	voiceActivity.listenTo([]);
	voiceActivity.listenTo([producer]);
	for (let packet = 0; packet < 100; packet++) send(1);
	await pause(100);
	expect(seen.packets).toBeLessThan(300);
	voiceActivity.close();
	end();
});

test('A-M10: so is one whose packets are larger than those of a voice', async () => {
	const { producer, send, end } = await microphone();
	const seen = received();
	const voiceActivity = new VoiceActivity(router, () => undefined);
	voiceActivity.listenTo([producer]);
	await eventually(() => seen.open === 1);
	for (let packet = 0; packet < 220; packet++) {
		send(1200);
		if (packet % 10 === 0) await pause(1);
	}
	await eventually(() => seen.open === 0);
	expect(seen.packets).toBeLessThan(200);
	voiceActivity.close();
	end();
});

test('A-M10: speech is heard as before, also after the worst moment of a line', async () => {
	const { producer, send, end } = await microphone();
	const seen = received();
	let spoke = 0;
	const voiceActivity = new VoiceActivity(router, () => spoke++);
	voiceActivity.listenTo([producer]);
	await eventually(() => seen.open === 1);
	// Two seconds of silence that come at once, and then somebody speaks.
	for (let packet = 0; packet < 100; packet++) send(3);
	await eventually(() => seen.packets > 90);
	expect(spoke).toBe(0);
	for (let packet = 0; packet < 5; packet++) {
		send(120, 20);
		await pause(20);
	}
	await eventually(() => spoke > 0);
	expect(seen.open).toBe(1);
	voiceActivity.close();
	end();
});

test('A-L15: a transport that could not be made is made anew the next time', async () => {
	const { producer, send, end } = await microphone();
	const create = vi.spyOn(router, 'createDirectTransport');
	create.mockRejectedValueOnce(new Error('no room for it'));
	let spoke = 0;
	const voiceActivity = new VoiceActivity(router, () => spoke++);
	voiceActivity.listenTo([producer]);
	await eventually(() => create.mock.settledResults.some(({ type }) => type === 'rejected'));
	const seen = received();
	voiceActivity.listenTo([]);
	voiceActivity.listenTo([producer]);
	await eventually(() => seen.open === 1);
	for (let packet = 0; packet < 5; packet++) {
		send(120, 20);
		await pause(20);
	}
	await eventually(() => spoke > 0);
	voiceActivity.close();
	end();
});
