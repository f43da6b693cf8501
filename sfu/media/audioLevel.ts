/** The header extension in which senders say how loud a packet is (RFC 6464). */
export const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/**
 * How loud a packet is, in dBov: 0 is the loudest, -127 silence. Null when it does not say.
 *
 * @param id that the extension has in this stream.
 */
export function audioLevelOf(packet: Buffer, id: number): number | null {
	if (packet.length < 12 || ((packet[0] ?? 0) & 0x10) === 0) return null;
	let at = 12 + ((packet[0] ?? 0) & 0x0f) * 4;
	if (packet.length < at + 4) return null;
	const profile = packet.readUInt16BE(at);
	const end = Math.min(at + 4 + packet.readUInt16BE(at + 2) * 4, packet.length);
	const oneByte = profile === 0xbede;
	if (!oneByte && (profile & 0xfff0) !== 0x1000) return null;
	at += 4;
	while (at < end) {
		const head = packet[at] ?? 0;
		// Padding between the elements.
		if (head === 0) {
			at++;
			continue;
		}
		const found = oneByte ? head >> 4 : head;
		const length = oneByte ? (head & 0x0f) + 1 : (packet[at + 1] ?? 0);
		const data = at + (oneByte ? 1 : 2);
		if (found === id) return length > 0 && data < end ? 0 - ((packet[data] ?? 0) & 0x7f) : null;
		at = data + length;
	}
	return null;
}
