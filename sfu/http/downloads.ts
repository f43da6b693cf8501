import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { FileInfo } from '#shared/chat.ts';
import { isGone } from './failures.ts';

/** Types that hold no program a browser would run, whatever else it is told about them. */
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
 * With what a file is given out: to be saved and not to be opened in the place of our pages, whatever it may
 * hold. Pages show pictures from there all the same.
 */
export function downloadHeaders({ name, type }: FileInfo): Record<string, string> {
	return {
		'Content-Type': inert.has(type) ? type : 'application/octet-stream',
		'Content-Disposition': attachment(name),
		'Content-Security-Policy': "default-src 'none'; sandbox",
		'X-Content-Type-Options': 'nosniff',
		'Cross-Origin-Resource-Policy': 'same-origin',
		// Its content never changes; other people at the same computer have other cookies.
		'Cache-Control': 'private, max-age=31536000, immutable',
		Vary: 'Cookie, Authorization',
	};
}

/** RFC 6266: the name as it is, and for old programs one without the characters they stumble over. */
export function attachment(name: string): string {
	const plain = name.replaceAll(/[^ !#-$&-[\]-~]/g, '_');
	const escaped = encodeURIComponent(name.toWellFormed()).replaceAll(
		/['()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`;
}

/** Sends text as it comes. Where the reader goes away, the text is not asked for any further. */
export async function sendText(text: AsyncIterable<string>, response: Response): Promise<void> {
	try {
		await pipeline(Readable.from(text), response);
	} catch (error) {
		if (!isGone(error, response)) throw error;
	}
}
