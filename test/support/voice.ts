import type { Producer, Router } from 'mediasoup/types';
import { audioLevelUri } from '../../sfu/media/speakers/audioLevel.ts';
import { newProducerId, type ProducerId } from '../../shared/ids.ts';

const extensionId = 6;
/** Between two packets, in ms. */
const pace = 20;

/** A microphone that sends real RTP with a level of its own into a router. */
export class Voice {
	readonly producer: Producer;
	readonly #ssrc: number;
	readonly #timer: NodeJS.Timeout;
	/** Of its syllables, in dBov; null sends nothing at all. */
	level: number | null = -127;
	#sent = 0;
	readonly #began = performance.now();

	private constructor(producer: Producer, ssrc: number) {
		this.producer = producer;
		this.#ssrc = ssrc;
		// As many as are due, so that a machine that stalls sends no fewer.
		this.#timer = setInterval(() => {
			const due = (performance.now() - this.#began) / pace;
			while (this.#sent < due) this.#send();
		}, pace);
	}

	static async create(router: Router, ssrc: number): Promise<Voice> {
		const transport = await router.createDirectTransport();
		const producer = await transport.produce({
			id: newProducerId(),
			kind: 'audio',
			rtpParameters: {
				codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48000, channels: 2 }],
				headerExtensions: [{ uri: audioLevelUri, id: extensionId }],
				encodings: [{ ssrc }],
			},
		});
		return new Voice(producer, ssrc);
	}

	get id(): ProducerId {
		return this.producer.id as ProducerId;
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	#send(): void {
		this.#sent++;
		if (this.level === null || this.producer.closed) return;
		// Speech goes up and down; what does not is taken for noise.
		const level = this.#sent % 10 < 6 ? this.level : Math.min(this.level, -60);
		const packet = Buffer.alloc(12 + 8 + 4);
		packet.set([0x90, 111]);
		packet.writeUInt16BE(this.#sent & 0xffff, 2);
		packet.writeUInt32BE((this.#sent * 960) >>> 0, 4);
		packet.writeUInt32BE(this.#ssrc, 8);
		packet.set([0xbe, 0xde, 0, 1, extensionId << 4, 0x80 | -level, 0, 0], 12);
		this.producer.send(packet);
	}
}
