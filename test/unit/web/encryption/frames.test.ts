import { beforeEach, describe, expect, test } from 'vitest';
import { newRoomId } from '#shared/roomIds.ts';
import type { Bytes } from '#lib/encryption/bytes.ts';
import { clearBytes, readFrame } from '#lib/encryption/frameFormat.ts';
import { FrameOpener } from '#lib/encryption/frameOpener.ts';
import { FrameSealer } from '#lib/encryption/frameSealer.ts';
import { keysOf } from '#lib/encryption/keys.ts';
import { newSecret } from '#lib/encryption/secret.ts';

const newMedia = async () => (await keysOf(newSecret(), newRoomId())).media;
const media = new Map<number, CryptoKey>();
beforeEach(async () => {
	media.clear();
	media.set(0, await newMedia());
});

const mediaOf = (epoch: number) => media.get(epoch);
function sealer(source = 'camera', kind: 'audio' | 'video' = 'video') {
	const key = media.get(0);
	if (!key) throw new Error('no key');
	return new FrameSealer(source, kind, 0, key);
}
const opener = (source = 'camera') => new FrameOpener(source, mediaOf);

/** A frame of VP8: the lowest bit of the first byte is 0 in key frames. */
const frame = (first: number, length = 200): Bytes =>
	Uint8Array.from({ length }, (_, index) => (index === 0 ? first : (index * 7) % 256));
const [keyFrame, deltaFrame] = [frame(0x50), frame(0x51)];

/** Whether these bytes stand anywhere in the sealed frame. */
const holds = (sealed: Bytes, bytes: Bytes) =>
	Buffer.from(sealed).includes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));

describe('what stays clear', () => {
	test.each([
		['video', keyFrame, 10],
		['video', deltaFrame, 1],
		['video', frame(0x50, 4), 4],
		['video', frame(0x50, 0), 0],
		['audio', frame(0x78), 0],
	] as const)('of %s', async (kind, clear, count) => {
		expect(clearBytes(kind, clear)).toBe(count);
		const sealed = await sealer('camera', kind).seal(clear);
		expect(sealed).toHaveLength(clear.length + 16 + 16);
		expect(sealed.slice(0, count)).toEqual(clear.slice(0, count));
		if (clear.length > count + 8) expect(holds(sealed, clear.slice(count, count + 8))).toBe(false);
		expect(await opener().open(sealed, 0)).toEqual(clear);
	});
});

test('no two frames are sealed with the same counter under one key', async () => {
	const own = sealer();
	const sealed = await Promise.all([keyFrame, deltaFrame, deltaFrame].map((one) => own.seal(one)));
	const counters = sealed.map((one) => readFrame(one)?.trailer.counter);
	expect(counters).toEqual([0, 1, 2]);
});

test('a frame opens once', async () => {
	const [own, other] = [sealer(), opener()];
	const [first, second] = [await own.seal(keyFrame), await own.seal(deltaFrame)];
	expect(await other.open(second, 0)).toEqual(deltaFrame);
	// Out of order it opens as well.
	expect(await other.open(first, 0)).toEqual(keyFrame);
	expect(await other.open(first, 0)).toBeNull();
	expect(await other.open(second, 0)).toBeNull();
});

test('a frame that is far behind is taken for one that came before', async () => {
	const [own, other] = [sealer(), opener()];
	const early = await own.seal(keyFrame);
	for (let count = 0; count < 600; count++) await other.open(await own.seal(deltaFrame), 0);
	expect(await other.open(early, 0)).toBeNull();
});

test('a frame that was changed anywhere, or cut, does not open', async () => {
	const sealed = await sealer().seal(keyFrame);
	for (let at = 0; at < sealed.length; at++) {
		const bent = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
		expect(await opener().open(bent, 0)).toBeNull();
	}
	for (const length of [0, 1, 15, 31, 32, 41, sealed.length - 1])
		expect(await opener().open(sealed.slice(0, length), 0)).toBeNull();
	expect(await opener().open(keyFrame, 0)).toBeNull();
});

test('a frame of one producer is none of another, and needs the secret', async () => {
	const sealed = await sealer('camera').seal(keyFrame);
	expect(await opener('screen').open(sealed, 0)).toBeNull();
	media.set(0, await newMedia());
	expect(await opener('camera').open(sealed, 0)).toBeNull();
});

describe('the ratchet', () => {
	test('goes on with another key, which receivers follow, also those who come late', async () => {
		const [own, early] = [sealer(), opener()];
		for (let step = 0; step < 10; step++) {
			const sealed = await own.seal(deltaFrame);
			expect(readFrame(sealed)?.trailer.step).toBe(step);
			expect(await early.open(sealed, 0)).toEqual(deltaFrame);
			own.advance();
		}
		expect(await opener().open(await own.seal(deltaFrame), 0)).toEqual(deltaFrame);
	});

	test('does not go back further than one step', async () => {
		const [own, other] = [sealer(), opener()];
		const frames: Uint8Array<ArrayBuffer>[] = [];
		for (let step = 0; step < 4; step++) {
			frames.push(await own.seal(deltaFrame), await own.seal(deltaFrame));
			own.advance();
		}
		const open = (at: number) => other.open(frames[at] ?? keyFrame, 0);
		for (const at of [0, 2, 4]) expect(await open(at)).toEqual(deltaFrame);
		expect(await open(3)).toEqual(deltaFrame);
		expect(await open(1)).toBeNull();
	});

	test('begins anew with another salt after its last step', async () => {
		const own = sealer();
		const salt = async () => readFrame(await own.seal(deltaFrame))?.trailer;
		const first = await salt();
		for (let step = 0; step < 255; step++) own.advance();
		expect(await salt()).toMatchObject({ step: 255, salt: first?.salt });
		own.advance();
		const next = await salt();
		expect(next?.step).toBe(0);
		expect(next?.salt).not.toEqual(first?.salt);
	});
});

test('after a new secret the older one opens nothing any more', async () => {
	const own = sealer();
	const removed = new FrameOpener('camera', (epoch) => (epoch === 0 ? media.get(0) : undefined));
	const next = await newMedia();
	media.set(1, next);
	own.setEpoch(1, next);
	const sealed = await own.seal(keyFrame);
	expect(readFrame(sealed)?.trailer.epoch).toBe(1);
	expect(await removed.open(sealed, 0)).toBeNull();
	expect(await opener().open(sealed, 0)).toEqual(keyFrame);
});

test('nonsense of many salts costs a bounded number of keys, and frames open again a second later', async () => {
	const [own, other] = [sealer(), opener()];
	for (let count = 0; count < 30; count++) {
		const nonsense = await own.seal(keyFrame);
		crypto.getRandomValues(nonsense.subarray(nonsense.length - 16, nonsense.length - 8));
		expect(await other.open(nonsense, 0)).toBeNull();
	}
	expect(await other.open(await own.seal(keyFrame), 500)).toBeNull();
	expect(await other.open(await own.seal(keyFrame), 1000)).toEqual(keyFrame);
});
