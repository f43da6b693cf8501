import { expect, test } from 'vitest';
import { Incoming } from '../../load/bots/bulk/incoming.ts';
import { paceOf } from '../../load/bots/bulk/outgoing.ts';

/** A stream of whose packets nothing but the headers is read. */
const incoming = () => new Incoming({ id: 'track', kind: 'video' } as MediaStreamTrack);

/** A packet with a payload of a hundred bytes, and the tag of SRTP. */
function packet(sequence: number, { ends = false, extension = 0 } = {}): Buffer {
	const head = Buffer.alloc(12 + (extension > 0 ? 4 + 4 * extension : 0));
	head[0] = extension > 0 ? 0x90 : 0x80;
	head[1] = (ends ? 0x80 : 0) | 96;
	head.writeUInt16BE(sequence, 2);
	if (extension > 0) head.writeUInt16BE(extension, 14);
	return Buffer.concat([head, Buffer.alloc(100 + 16)]);
}

test('packets that are missing between others are lost, also where the numbers begin anew', () => {
	const stream = incoming();
	for (const sequence of [65_533, 65_534, 65_535, 1, 2]) stream.take(packet(sequence));
	expect(stream.packets).toBe(5);
	expect(stream.lost).toBe(1);
	// It was only late.
	stream.take(packet(0));
	expect(stream.lost).toBe(0);
});

test('bytes are those of the payload, and a picture is there when its last packet is', () => {
	const stream = incoming();
	stream.take(packet(1, { extension: 2 }));
	stream.take(packet(2));
	expect(stream.stat).toMatchObject({ bytesReceived: 200, framesDecoded: 0 });
	stream.take(packet(3, { ends: true }));
	expect(stream.stat).toMatchObject({ packetsReceived: 3, framesDecoded: 1, packetsLost: 0 });
	expect(incoming().lost).toBe(0);
});

test('pictures are as many and as large as the bitrate has them', () => {
	expect(paceOf(480_000, 15)).toEqual({ every: 1000 / 15, bytes: 4000 });
	expect(paceOf(0, 15).bytes).toBe(1);
});
