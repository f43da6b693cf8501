import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { imageSize } from 'image-size';
import type { FileInfo } from '#shared/chat.ts';
import { limits } from '#shared/limits.ts';

const unknown = 'application/octet-stream';

/** Image formats that every browser shows and that contain no program, with the name that `image-size` uses. */
const pictures: Readonly<Record<string, string>> = {
	'image/png': 'png',
	'image/apng': 'png',
	'image/jpeg': 'jpg',
	'image/gif': 'gif',
	'image/webp': 'webp',
	'image/avif': 'avif',
};

/** How much of a picture is read to find its size, in bytes: cameras put previews and profiles before it. */
const head = 256 * 1024;

/** What a file is, by its content only. */
export async function inspect(path: string): Promise<Pick<FileInfo, 'type' | 'picture'>> {
	const type = await typeOf(path);
	const format = Object.hasOwn(pictures, type) ? pictures[type] : undefined;
	return { type, picture: format ? await pictureOf(path, format) : null };
}

async function typeOf(path: string): Promise<string> {
	try {
		return (await fileTypeFromFile(path))?.mime ?? unknown;
	} catch (error) {
		// A file that cannot be read is an error; a file without a known format has no known type.
		if (isFromSystem(error)) throw error;
		return unknown;
	}
}

/** The size at which the picture is shown; null if its content does not tell a valid one. */
async function pictureOf(path: string, format: string): Promise<FileInfo['picture']> {
	const bytes = await beginningOf(path);
	try {
		const { width, height, orientation = 1, type } = imageSize(bytes);
		const makesSense = [width, height].every((edge) => edge >= 1 && edge <= limits.pixels);
		if (!makesSense || type !== format) return null;
		// Orientations from 5 on mean that the camera was held on its side.
		return orientation >= 5 ? { width: height, height: width } : { width, height };
	} catch {
		return null;
	}
}

async function beginningOf(path: string): Promise<Uint8Array> {
	const file = await open(path);
	try {
		const { bytesRead, buffer } = await file.read(new Uint8Array(head), 0, head, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}

const isFromSystem = (error: unknown) => error instanceof Error && 'syscall' in error;
