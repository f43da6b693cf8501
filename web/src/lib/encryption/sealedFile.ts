import * as v from 'valibot';
import type { FileInfo } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';
import { fromBase64url, toBase64url, type Bytes } from './bytes.ts';
import { sealingKey } from './keys.ts';

/** So many bytes of a file are sealed at a time: each part opens by itself. */
const partLength = 64 * 1024;
/** What AES-GCM adds to each part. */
const tagLength = 16;
const sealedPart = partLength + tagLength;

const edge = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.pixels));

/** What people know of a file, sealed in the place of its name. The key opens its content. */
export const sealedFileNote = v.object({
	key: v.pipe(v.string(), v.length(43)),
	name: v.pipe(v.string(), v.maxLength(limits.fileNameLength)),
	type: v.pipe(v.string(), v.maxLength(100)),
	size: v.pipe(v.number(), v.integer(), v.minValue(1)),
	picture: v.nullable(v.object({ width: edge, height: edge })),
});
export type SealedFileNote = v.InferOutput<typeof sealedFileNote>;

/** How many parts a file of this size in bytes has: an empty one has an empty part. */
const partsOf = (size: number) => Math.max(1, Math.ceil(size / partLength));

/** How large a file of this size becomes when it is sealed, in bytes. */
export const sealedSize = (size: number): number => size + partsOf(size) * tagLength;

/** The IV of a part. The last one has another, so that a file that was cut does not open. */
function ivOf(part: number, last: boolean): Bytes {
	const iv = new Uint8Array(12);
	const view = new DataView(iv.buffer);
	view.setUint32(4, part);
	view.setUint8(11, last ? 1 : 0);
	return iv;
}

/** The key of one file. No other file has it, so that the numbers of its parts can be their IVs. */
export const newFileKey = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(32)));

const importedKey = (key: string) => sealingKey(fromBase64url(key) ?? new Uint8Array());

/**
 * A file as it goes to the server, sealed part by part as it is read. The same bytes come for the same range each time,
 * so that an upload can go on where it stopped.
 */
export class SealedSource {
	readonly size: number;
	readonly #file: Blob;
	readonly #key: Promise<CryptoKey>;

	/** @param key by `newFileKey`, for this file alone. */
	constructor(file: Blob, key: string) {
		this.#file = file;
		this.#key = importedKey(key);
		this.size = sealedSize(file.size);
	}

	/** @param end may lie beyond the end of the file. */
	async slice(start: number, end: number): Promise<{ value: Blob | null; done: boolean }> {
		const until = Math.min(end, this.size);
		if (start >= until) return { value: null, done: true };
		const first = Math.floor(start / sealedPart);
		const count = Math.ceil(until / sealedPart) - first;
		const parts: Bytes[] = [];
		for (let part = first; part < first + count; part++) parts.push(await this.#sealed(part));
		const from = start - first * sealedPart;
		return { value: new Blob(parts).slice(from, from + until - start), done: until >= this.size };
	}

	close(): void {
		// The file is the browser's: there is nothing to let go of.
	}

	async #sealed(part: number): Promise<Bytes> {
		const begin = part * partLength;
		const bytes = await this.#file.slice(begin, begin + partLength).arrayBuffer();
		const iv = ivOf(part, part === partsOf(this.#file.size) - 1);
		const key = await this.#key;
		return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes));
	}
}

/**
 * Opens a file as it comes from the server. The stream fails where anything of it was changed, cut or added.
 *
 * @param size of the opened file in bytes.
 */
export function openingStream(key: string, size: number): TransformStream<Uint8Array, Bytes> {
	const imported = importedKey(key);
	const count = partsOf(size);
	let part = 0;
	/** What came and is less than a part. */
	const held = new Uint8Array(sealedPart);
	let length = 0;
	const open = async (sealed: Bytes, last: boolean): Promise<Bytes> => {
		const algorithm = { name: 'AES-GCM', iv: ivOf(part++, last) };
		return new Uint8Array(await crypto.subtle.decrypt(algorithm, await imported, sealed));
	};
	return new TransformStream<Uint8Array, Bytes>({
		async transform(chunk, controller) {
			for (let rest = chunk; rest.length > 0;) {
				const taken = Math.min(rest.length, sealedPart - length);
				held.set(rest.subarray(0, taken), length);
				length += taken;
				rest = rest.subarray(taken);
				// The last part is opened at the end, which may be here.
				if (length < sealedPart || part >= count - 1) {
					if (rest.length > 0) throw new Error('the file is longer than its sender said');
					break;
				}
				controller.enqueue(await open(held, false));
				length = 0;
			}
		},
		async flush(controller) {
			if (part !== count - 1) throw new Error('the file was cut');
			const opened = await open(held.slice(0, length), true);
			if (opened.length !== size - part * partLength + partLength)
				throw new Error('the file has another size than its sender said');
			controller.enqueue(opened);
		},
	});
}

/** A file as it is shown, once its note is opened. */
export const toShown = (
	file: FileInfo,
	{ name, type, size, picture }: SealedFileNote,
): FileInfo => ({ ...file, name, type, size, picture });
