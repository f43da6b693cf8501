import { createSocket, type Socket } from 'node:dgram';
import type { PlainTransport, Router } from 'mediasoup/types';

/** A camera whose packets come over UDP, in as many sizes as it has SSRCs, and when it was asked for key frames. */
export class UdpCamera {
	readonly transport: PlainTransport;
	/** When a key frame of a size was asked for, by its SSRC, in ms since the process began. */
	readonly asked: { ssrc: number; at: number }[] = [];
	readonly #ssrcs: readonly number[];
	readonly #socket: Socket = createSocket('udp4');
	#sequence = 0;

	private constructor(transport: PlainTransport, ssrcs: readonly number[]) {
		this.transport = transport;
		this.#ssrcs = ssrcs;
		this.#socket.on('message', (packet) => {
			// Picture loss indications, wherever they stand in a compound packet.
			for (let at = 0; at + 12 <= packet.length; at += 4 + packet.readUInt16BE(at + 2) * 4)
				if (packet[at] === 0x81 && packet[at + 1] === 206)
					this.asked.push({ ssrc: packet.readUInt32BE(at + 8), at: performance.now() });
		});
	}

	static async create(router: Router, ssrcs: readonly number[]): Promise<UdpCamera> {
		const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
		const transport = await router.createPlainTransport({ listenInfo, comedia: true });
		return new UdpCamera(transport, ssrcs);
	}

	/** Sends a key frame in each size. */
	sendKeyFrames(): void {
		this.#sequence++;
		for (const ssrc of this.#ssrcs) {
			const packet = Buffer.alloc(40);
			packet[0] = 0x80;
			packet[1] = 0x80 | 96;
			packet.writeUInt16BE(this.#sequence & 0xffff, 2);
			packet.writeUInt32BE(this.#sequence * 3000, 4);
			packet.writeUInt32BE(ssrc, 8);
			packet[12] = 0x10;
			this.#socket.send(packet, this.transport.tuple.localPort, '127.0.0.1');
		}
	}

	end(): void {
		this.#socket.close();
	}
}
