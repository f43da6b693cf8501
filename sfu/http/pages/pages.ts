import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Request, RequestHandler, Response } from 'express';
import { StartError } from '../../platform/startError.ts';
import { correctedPath } from './correctedPath.ts';
import { hashedFiles, readSite, type Encoding, type SiteFile } from './site.ts';

const inWeb = (name: string) => fileURLToPath(new URL(`../../../web/${name}`, import.meta.url));
const built = { folder: inWeb('build'), before: inWeb('.build-before') };

/** The page whose script draws every address that was not built as a page of its own. */
const fallback = '/200.html';

/** The same, with all that the page of a room needs. */
const roomPage = '/room/[id].html';

/** Addresses that the fallback page draws. It also draws all other addresses without a file, as not found. */
const drawn = /^\/(?:people|room\/[^/]+(?:\/chat)?)\/?$/;
const room = /^\/room\/[^/]+\/?$/;

/** What an answer brought, for `response.locals.served`. */
export type Served = 'page' | 'asset';
const serves = (response: Response, served: Served) => (response.locals['served'] = served);

/** Gives a browser that opens a page its session. */
export type Welcome = (request: Request, response: Response) => Promise<void>;

/**
 * Serves the built front end: compressed files, hashed files with permanent caching, and the fallback page for all
 * other addresses that a person may open. An address that is spelled differently is redirected. `response.locals.served`
 * says which of them an answer brought.
 *
 * @param basePath below which the service is; empty for the root of its host.
 * @param folders of the build and of the previous one.
 * @throws {StartError} if it has not been built.
 */
export function pages(welcome: Welcome, basePath = '', { folder, before } = built): RequestHandler {
	if (!existsSync(folder + fallback)) {
		throw new StartError(
			'The front end is not built: start with "npm start", or run "npm run build" first.',
		);
	}
	const site = readSite(folder, before, basePath);
	const find = (path: string) => site.get(path) ?? site.get(pageOf(path));
	const drawingPage = (path: string) =>
		(room.test(path) && site.get(roomPage)) || site.get(fallback);

	const open = async (request: Request, response: Response, file: SiteFile) => {
		if (isOpened(request)) await welcome(request, response);
		if (response.statusCode === 200) serves(response, 'page');
		// The answer may set a cookie: a cache must not give it to another browser.
		response.vary('Cookie').setHeader('Cache-Control', 'private, no-cache');
		give(request, response, file);
	};

	return async (request, response, next) => {
		if (request.method !== 'GET' && request.method !== 'HEAD') return next();
		const { path } = request;
		const file = find(path);
		if (file?.extension === '.html') return open(request, response, file);
		if (file) {
			serves(response, 'asset');
			const kept = file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
			response.setHeader('Cache-Control', kept);
			return give(request, response, file);
		}
		if (path.startsWith(hashedFiles)) return next();
		const corrected = correctedPath(path, (page) => page === '/room' || site.has(pageOf(page)));
		if (corrected !== null) {
			serves(response, 'page');
			response.setHeader('Cache-Control', 'no-store');
			return response.redirect(302, basePath + corrected + queryOf(request));
		}
		const known = drawn.test(path);
		const page = drawingPage(path);
		// A program that asks for a missing file gets the error in its one shape instead.
		if (!page || !(known || request.accepts(['json', 'html']) === 'html')) return next();
		response.status(known ? 200 : 404);
		return open(request, response, page);
	};
}

const queryOf = ({ url }: Request) => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

const pageOf = (path: string) => (path === '/' ? '/index.html' : `${path.replace(/\/$/, '')}.html`);

/** Whether a person opens this address. Scripts and programs that request a page need no session from it. */
function isOpened({ method, headers }: Request): boolean {
	const kind = headers['sec-fetch-dest'];
	if (typeof kind === 'string') return method === 'GET' && /^(?:document|i?frame)$/.test(kind);
	return method === 'GET' && headers.accept?.includes('text/html') === true;
}

/** Sends a file, or the requested part of it (RFC 9110). Express evaluates the ETags. */
function give(request: Request, response: Response, file: SiteFile): void {
	response.vary('Accept-Encoding').type(file.extension).setHeader('Accept-Ranges', 'bytes');
	if (request.headers.range !== undefined && response.statusCode === 200) {
		const { content, etag } = file.variants.identity;
		response.setHeader('ETag', etag);
		return givePart(request, response, content);
	}
	const encodings = request.acceptsEncodings();
	const encoding = (['br', 'gzip'] satisfies Encoding[]).find(
		(name) => file.variants[name] && encodings.includes(name),
	);
	if (encoding) response.setHeader('Content-Encoding', encoding);
	const { content, etag } = file.variants[encoding ?? 'identity'] ?? file.variants.identity;
	response.setHeader('ETag', etag);
	response.send(content);
}

function givePart(request: Request, response: Response, content: Buffer): void {
	const condition = request.headers['if-range'];
	const isSame = condition === undefined || condition === response.getHeader('ETag');
	const ranges = isSame ? request.range(content.length, { combine: true }) : undefined;
	if (ranges === -1) {
		response.setHeader('Content-Range', `bytes */${content.length}`);
		throw Object.assign(new RangeError('no such part'), { status: 416 });
	}
	const [range, ...more] = Array.isArray(ranges) && ranges.type === 'bytes' ? ranges : [];
	if (!range || more.length > 0) {
		response.send(content);
		return;
	}
	response.status(206);
	response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${content.length}`);
	response.send(content.subarray(range.start, range.end + 1));
}
