import { open } from 'node:fs/promises';
import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type';
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

/** What a file on the disk is, by its content only. */
export async function inspect(path: string): Promise<Pick<FileInfo, 'type' | 'picture'>> {
	const type = await typeOf(fileTypeFromFile(path));
	return { type, picture: isPicture(type) ? pictureOf(await beginningOf(path), type) : null };
}

/** What a file elsewhere is, by its first bytes. @param read up to so many. */
export async function inspectHead(
	read: (bytes: number) => Promise<Uint8Array>,
): Promise<Pick<FileInfo, 'type' | 'picture'>> {
	const bytes = await read(head);
	const type = await typeOf(fileTypeFromBuffer(bytes));
	return { type, picture: isPicture(type) ? pictureOf(bytes, type) : null };
}

const isPicture = (type: string) => Object.hasOwn(pictures, type);

async function typeOf(found: Promise<{ mime: string } | undefined>): Promise<string> {
	try {
		return (await found)?.mime ?? unknown;
	} catch (error) {
		// A file that cannot be read is an error; a file without a known format has no known type.
		if (isFromSystem(error)) throw error;
		return unknown;
	}
}

/** The size at which the picture is shown; null if its content does not tell a valid one. */
function pictureOf(bytes: Uint8Array, mime: string): FileInfo['picture'] {
	try {
		const { width, height, orientation = 1, type } = imageSize(bytes);
		const makesSense = [width, height].every((edge) => edge >= 1 && edge <= limits.pixels);
		if (!makesSense || type !== pictures[mime]) return null;
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
