import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RtpParameters } from '../../../../shared/rtp.ts';
import type { MediaLeg } from '../../wire/mediaLeg.ts';
import type { Srtp } from '../../wire/srtp.ts';

/** Packets are sent in bursts of so many, each of so many bytes. */
export const burst = 10;
export const bytes = 1100;
/** Every so many packets a key frame begins. */
const keyFrames = 100;

const payloadType = 96;
const ssrc = randomInt(1, 0xffffffff);

/** The video that is sent, in VP8 of one size. */
export const describedVideo: RtpParameters = {
	codecs: [
		{
			mimeType: 'video/VP8',
			payloadType,
			clockRate: 90000,
			rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
		},
	],
	headerExtensions: [],
	encodings: [{ ssrc }],
	rtcp: { cname: 'bench' },
};

/** Sends one video over a leg. */
export class VideoSender {
	readonly #leg: MediaLeg;
	readonly #srtp: Srtp;
	#packets = 0;
	#timestamp = 0;

	constructor(leg: MediaLeg, srtp: Srtp) {
		this.#leg = leg;
		this.#srtp = srtp;
	}

	/**
	 * Sends so many packets a second, for so many ms. What is late is sent at once: the count is what was sent.
	 *
	 * @returns the count.
	 */
	async send(rate: number, ms: number): Promise<number> {
		const total = Math.floor((rate * ms) / 1000);
		const began = performance.now();
		for (let count = 0; count < total; count++) {
			if (count % burst === 0)
				await pause(Math.max(0, began + (count * 1000) / rate - performance.now()));
			this.#sendPacket(count);
		}
		return total;
	}

	close(): void {
		this.#leg.close();
	}

	#sendPacket(count: number): void {
		const payload = Buffer.alloc(bytes, 0x55);
		// The descriptor of the beginning of a frame, then its first byte, which says whether it is a key frame.
		payload[0] = 0x10;
		payload[1] = count % keyFrames === 0 ? 0x00 : 0x01;
		this.#timestamp += 90;
		const head = Buffer.alloc(12);
		head[0] = 0x80;
		// Each packet ends a frame.
		head[1] = 0x80 | payloadType;
		head.writeUInt16BE(this.#packets & 0xffff, 2);
		head.writeUInt32BE(this.#timestamp >>> 0, 4);
		head.writeUInt32BE(ssrc, 8);
		this.#leg.send(this.#srtp.rtp(head, payload, this.#packets++));
	}
}
