/** The header extension in which senders say how loud a packet is (RFC 6464). */
export const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** Where the header extensions of an RTP packet are, in bytes, and their form; null if there are none (RFC 8285). */
function extensionsOf(packet: Buffer): { from: number; to: number; oneByte: boolean } | null {
	if (packet.length < 12 || (packet.readUInt8(0) & 0x10) === 0) return null;
	const at = 12 + (packet.readUInt8(0) & 0x0f) * 4;
	if (packet.length < at + 4) return null;
	const profile = packet.readUInt16BE(at);
	const oneByte = profile === 0xbede;
	if (!oneByte && (profile & 0xfff0) !== 0x1000) return null;
	const to = Math.min(at + 4 + packet.readUInt16BE(at + 2) * 4, packet.length);
	return { from: at + 4, to, oneByte };
}

/**
 * How loud a packet is, in dBov: 0 is the loudest, -127 silence. Null if the packet has no level.
 *
 * @param id that the extension has in this stream.
 */
export function audioLevelOf(packet: Buffer, id: number): number | null {
	const extensions = extensionsOf(packet);
	if (!extensions) return null;
	const { from, to, oneByte } = extensions;
	let at = from;
	while (at < to) {
		const head = packet.readUInt8(at);
		// Padding between the elements.
		if (head === 0) {
			at++;
			continue;
		}
		const found = oneByte ? head >> 4 : head;
		const length = oneByte ? (head & 0x0f) + 1 : (packet[at + 1] ?? 0);
		const data = at + (oneByte ? 1 : 2);
		if (found === id) return length > 0 && data < to ? 0 - (packet.readUInt8(data) & 0x7f) : null;
		at = data + length;
	}
	return null;
}
