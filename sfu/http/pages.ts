import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import sirv from 'sirv';
import { StartError } from '../startError.ts';

const build = fileURLToPath(new URL('../../web/build', import.meta.url));
/** The page that any address without a file of its own gets; the browser's router takes it from there. */
const fallback = '200.html';

/**
 * The built front end: its files, compressed ahead of time, those with a hash in their name for ever, and
 * the fallback page for all else.
 *
 * @throws {StartError} when it has not been built.
 */
export function pages(): RequestHandler {
	if (!existsSync(`${build}/${fallback}`)) {
		throw new StartError(
			'The front end is not built: start with "npm start", or run "npm run build" first.',
		);
	}
	return sirv(build, {
		etag: true,
		gzip: true,
		brotli: true,
		single: fallback,
		setHeaders(response, pathname) {
			const hashed = pathname.startsWith('/_app/immutable/');
			response.setHeader(
				'Cache-Control',
				hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
			);
		},
	});
}
