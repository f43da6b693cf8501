import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { FileInfo } from '#shared/chat.ts';
import type { FileSource } from '../../files/fileStorage.ts';
import { isGone } from '../request/failures.ts';

/** Media types that contain no program that a browser would run. */
const inert = new Set([
	'image/png',
	'image/apng',
	'image/jpeg',
	'image/gif',
	'image/webp',
	'image/avif',
	'audio/mpeg',
	'audio/wav',
	'audio/ogg',
	'video/mp4',
	'video/webm',
]);

/**
 * The headers of a download: the browser saves the file and does not open it in the place of our pages, whatever it
 * contains. Pages still show pictures from there.
 */
export function downloadHeaders({ name, type }: FileInfo): Record<string, string> {
	return {
		'Content-Type': inert.has(type) ? type : 'application/octet-stream',
		'Content-Disposition': attachment(name),
		'Content-Security-Policy': "default-src 'none'; sandbox",
		'X-Content-Type-Options': 'nosniff',
		'Cross-Origin-Resource-Policy': 'same-origin',
		// The content never changes. `private`, because other people at the same computer have other cookies.
		'Cache-Control': 'private, max-age=31536000, immutable',
		Vary: 'Cookie, Authorization',
	};
}

/** RFC 6266: the name as it is, and an ASCII name for old programs. */
export function attachment(name: string): string {
	const plain = name.replaceAll(/[^ !#-$&-[\]-~]/g, '_');
	const escaped = encodeURIComponent(name.toWellFormed()).replaceAll(
		/['()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`;
}

/** Sends text as it is produced. If the reader leaves, no more text is produced. */
export async function sendText(text: AsyncIterable<string>, response: Response): Promise<void> {
	try {
		await pipeline(Readable.from(text), response);
	} catch (error) {
		if (!isGone(error, response)) throw error;
	}
}

type Read = Extract<FileSource, { read: unknown }>['read'];

/** Sends a file that does not lie on the disk, or the one piece of it that is asked for. */
export async function sendPiece(file: FileInfo, read: Read, response: Response): Promise<void> {
	const { req: request } = response;
	// The content never changes.
	response.set({ ...downloadHeaders(file), 'Accept-Ranges': 'bytes', ETag: `"${file.fileId}"` });
	if (request.fresh) {
		response.status(304).end();
		return;
	}
	const ifRange = request.headers['if-range'];
	const isSame = ifRange === undefined || ifRange === response.get('ETag');
	const ranges = isSame ? request.range(file.size, { combine: true }) : undefined;
	if (ranges === -1) {
		response.status(416).set('Content-Range', `bytes */${file.size}`).end();
		return;
	}
	const [piece = null] = Array.isArray(ranges) && ranges.length === 1 ? ranges : [];
	response.set('Content-Length', String(piece ? piece.end - piece.start + 1 : file.size));
	if (piece)
		response.status(206).set('Content-Range', `bytes ${piece.start}-${piece.end}/${file.size}`);
	if (request.method === 'HEAD') {
		response.end();
		return;
	}
	try {
		await pipeline(await read(piece), response);
	} catch (error) {
		if (!isGone(error, response)) throw error;
	}
}
