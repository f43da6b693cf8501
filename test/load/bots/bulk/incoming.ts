/** The tag of a packet of SRTP with AES-128-GCM. */
const tagBytes = 16;

/** How much of a packet is its payload, in bytes: without header, header extension and tag. */
function payloadOf(packet: Buffer): number {
	const first = packet[0] ?? 0;
	const sources = 12 + 4 * (first & 0x0f);
	const extension = first & 0x10 ? 4 + 4 * packet.readUInt16BE(sources + 2) : 0;
	return Math.max(0, packet.length - sources - extension - tagBytes);
}

/** What is read of the packets of one stream: their headers, which are not encrypted. */
export class Incoming {
	readonly track: MediaStreamTrack;
	packets = 0;
	bytes = 0;
	/** Pictures whose last packet came. */
	frames = 0;
	#first: number | null = null;
	#highest = 0;

	constructor(track: MediaStreamTrack) {
		this.track = track;
	}

	take(packet: Buffer): void {
		const sequence = packet.readUInt16BE(2);
		this.packets++;
		this.bytes += payloadOf(packet);
		if ((packet[1] ?? 0) & 0x80) this.frames++;
		if (this.#first === null) this.#first = this.#highest = sequence;
		const ahead = (sequence - this.#highest) & 0xffff;
		if (ahead < 0x8000) this.#highest += ahead;
	}

	/** Packets that were sent between those that came, and did not come. */
	get lost(): number {
		if (this.#first === null) return 0;
		return Math.max(0, this.#highest - this.#first + 1 - this.packets);
	}

	/** As browsers tell of a stream. */
	get stat() {
		return {
			...{ id: this.track.id, type: 'inbound-rtp', kind: this.track.kind },
			trackIdentifier: this.track.id,
			...{ packetsReceived: this.packets, packetsLost: this.lost },
			...{ bytesReceived: this.bytes, framesDecoded: this.frames },
		};
	}
}
