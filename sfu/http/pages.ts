import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RequestHandler } from 'express';
import sirv from 'sirv';
import { StartError } from '../startError.ts';

const build = fileURLToPath(new URL('../../web/build', import.meta.url));
/** The page whose script draws every address that was not built as a page of its own. */
const fallback = '200.html';

/** Addresses that the fallback page draws. What else has no file is drawn by it too, as not found. */
const drawn = /^\/room\/[^/]+(?:\/chat)?\/?$/;

/**
 * The built front end: its files, compressed ahead of time, those with a hash in their name for ever, and
 * the fallback page for all else that a person may open.
 *
 * @throws {StartError} when it has not been built.
 */
export function pages(): RequestHandler[] {
	if (!existsSync(`${build}/${fallback}`)) {
		throw new StartError(
			'The front end is not built: start with "npm start", or run "npm run build" first.',
		);
	}
	const files = sirv(build, {
		etag: true,
		gzip: true,
		brotli: true,
		setHeaders(response, pathname) {
			const hashed = pathname.startsWith('/_app/immutable/');
			response.setHeader(
				'Cache-Control',
				hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
			);
		},
	});
	const page: RequestHandler = (request, response, next) => {
		const known = drawn.test(request.path);
		const reads = request.method === 'GET' || request.method === 'HEAD';
		// A program that asks for something that is not there gets the error in its one shape instead.
		if (!reads || !(known || request.accepts(['json', 'html']) === 'html')) return next();
		response.status(known ? 200 : 404);
		response.sendFile(fallback, { root: build, headers: { 'Cache-Control': 'no-cache' } });
	};
	return [files, page];
}
