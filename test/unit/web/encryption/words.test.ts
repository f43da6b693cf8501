import { expect, test } from 'vitest';
import { newMessageId, newRoomId } from '../../../../shared/ids.ts';
import { Keyring } from '../../../../web/src/lib/encryption/keyring.ts';
import { newSecret } from '../../../../web/src/lib/encryption/secret.ts';
import {
	newFileKey,
	openingStream,
	SealedSource,
	sealedSize,
} from '../../../../web/src/lib/encryption/sealedFile.ts';
import { SealedTexts } from '../../../../web/src/lib/encryption/sealedTexts.ts';

const ring = () => Keyring.from(newRoomId(), newSecret());

test('a text opens as what it was sealed as, in its own message, by its own key', async () => {
	const texts = new SealedTexts(await ring());
	const [id, other] = [newMessageId(), newMessageId()];
	const long = '🦜 '.repeat(1000);
	for (const text of ['a', 'b'.repeat(120), 'c'.repeat(121), long]) {
		const sealed = await texts.seal(text, 'message', id);
		expect(await texts.open(sealed, 'message', id)).toBe(text);
		expect(await texts.open(sealed, 'message', other)).toBeNull();
		expect(await texts.open(sealed, 'correction', id)).toBeNull();
		expect(await new SealedTexts(await ring()).open(sealed, 'message', id)).toBeNull();
	}
});

test('the beginning of a long text is no whole text, and goes with no other rest', async () => {
	const texts = new SealedTexts(await ring());
	const id = newMessageId();
	const [one = '', rest = ''] = (await texts.seal('x'.repeat(500), 'message', id)).split(' ');
	const [two = ''] = (await texts.seal('y'.repeat(500), 'message', id)).split(' ');
	expect(await texts.open(`${one} ${rest}`, 'message', id)).toBe('x'.repeat(500));
	expect(await texts.open(one, 'message', id)).toBeNull();
	expect(await texts.open(`${two} ${rest}`, 'message', id)).toBeNull();
	expect(await texts.openExcerpt(one, id)).toBe('x'.repeat(120));
});

const part = 64 * 1024;

async function opened(sealed: Blob, key: string, size: number): Promise<Blob> {
	return new Response(sealed.stream().pipeThrough(openingStream(key, size))).blob();
}

async function sealed(file: Blob, key: string): Promise<Blob> {
	const { value } = await new SealedSource(file, key).slice(0, Number.POSITIVE_INFINITY);
	return value ?? new Blob();
}

test.each([1, part - 1, part, part + 1, 3 * part, 3 * part + 7])(
	'a file of %i bytes opens as it was, and in any pieces it is sealed alike',
	async (size) => {
		const file = new Blob([
			crypto.getRandomValues(new Uint8Array(Math.min(size, part))),
			new Uint8Array(Math.max(0, size - part)),
		]);
		const key = newFileKey();
		const whole = await sealed(file, key);
		expect(whole.size).toBe(sealedSize(size));
		expect(await (await opened(whole, key, size)).bytes()).toEqual(await file.bytes());
		const source = new SealedSource(file, key);
		const cut = Math.floor(whole.size / 3) + 1;
		const [head, tail] = [await source.slice(0, cut), await source.slice(cut, whole.size + 9)];
		expect([head.done, tail.done]).toEqual([whole.size <= cut, true]);
		const pieces = new Blob([head.value ?? '', tail.value ?? '']);
		expect(await pieces.bytes()).toEqual(await whole.bytes());
	},
);

test('a file that was cut, lengthened, reordered or changed does not open', async () => {
	const size = 2 * part;
	const key = newFileKey();
	const whole = await sealed(new Blob([new Uint8Array(size)]), key);
	const length = part + 16;
	const [first, second] = [whole.slice(0, length), whole.slice(length)];
	const wrong = [
		first,
		whole.slice(0, -1),
		new Blob([whole, 'x']),
		new Blob([second, first]),
		new Blob([first, first]),
		new Blob([]),
	];
	for (const blob of wrong) await expect(opened(blob, key, size)).rejects.toThrow();
	await expect(opened(first, key, part)).rejects.toThrow();
	await expect(opened(whole, newFileKey(), size)).rejects.toThrow();
	await expect(opened(whole, key, size - 1)).rejects.toThrow();
});
