import type { Bytes } from './bytes.ts';

/**
 * A sealed frame: bytes that stay clear, the sealed rest with its tag, and a trailer. The trailer says which key opens the
 * frame: the salt of the sender's key (8 bytes), the counter (4), the epoch (2), the step of the ratchet (1), and how many
 * bytes are clear (1). The tag covers the clear bytes and the trailer, too.
 */
export const saltLength = 8;
const trailerLength = saltLength + 4 + 2 + 1 + 1;
const tagLength = 16;

/** The most bytes of a frame that stay clear: those of a key frame of VP8. */
const mostClear = 10;

/** Keys of one salt are counted in one byte; then the sender draws another salt. */
export const lastStep = 255;

export type Trailer = {
	readonly salt: Bytes;
	readonly counter: number;
	readonly epoch: number;
	readonly step: number;
	readonly clear: number;
};

export function writeTrailer({ salt, counter, epoch, step, clear }: Trailer): Bytes {
	const bytes = new Uint8Array(trailerLength);
	const view = new DataView(bytes.buffer);
	bytes.set(salt);
	view.setUint32(saltLength, counter);
	view.setUint16(saltLength + 4, epoch);
	view.setUint8(saltLength + 6, step);
	view.setUint8(saltLength + 7, clear);
	return bytes;
}

/** The parts of a sealed frame; null for bytes that are none. */
export function readFrame(
	frame: Bytes,
): { trailer: Trailer; clear: Bytes; sealed: Bytes; trailerBytes: Bytes } | null {
	const end = frame.length - trailerLength;
	if (end < tagLength) return null;
	const trailerBytes = frame.slice(end);
	const view = new DataView(trailerBytes.buffer);
	const clear = view.getUint8(saltLength + 7);
	if (clear > mostClear || end - clear < tagLength) return null;
	const trailer = {
		salt: trailerBytes.slice(0, saltLength),
		counter: view.getUint32(saltLength),
		epoch: view.getUint16(saltLength + 4),
		step: view.getUint8(saltLength + 6),
		clear,
	};
	return { trailer, clear: frame.slice(0, clear), sealed: frame.slice(clear, end), trailerBytes };
}

/** The counter as IV: it never repeats under one key. */
export function ivOf(counter: number): Bytes {
	const iv = new Uint8Array(12);
	new DataView(iv.buffer).setUint32(8, counter);
	return iv;
}

/**
 * How many bytes of a frame stay clear. Of VP8 the media engine and the packetizers look at the first byte, which tells key
 * frames, and in a key frame at its size, which ends with the tenth. Of Opus they look at none.
 */
export function clearBytes(kind: 'audio' | 'video', frame: Bytes): number {
	if (kind === 'audio') return 0;
	const isKeyFrame = ((frame[0] ?? 1) & 1) === 0;
	return Math.min(frame.length, isKeyFrame ? mostClear : 1);
}
