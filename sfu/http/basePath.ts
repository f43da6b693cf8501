import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CodedError } from '#shared/errors.ts';
import { takeOver } from '../platform/listen.ts';

/** What monitoring asks for, which knows nothing of the path: these answer at the root of the host too. */
const probes = new Set(['/healthz', '/readyz', '/metrics']);

/** Requests for what is not below the path. */
const foreign = new WeakSet<IncomingMessage>();

/**
 * Takes the path below which the service is (`http.basePath`) from the address of each request, before all listeners that the
 * server has now: they see a service at the root of its host.
 */
export function serveBelow(server: Server, base: string): void {
	const serveRequest = takeOver(server, 'request');
	server.on('request', (request, response) => {
		takeBase(request, base);
		serveRequest(request, response);
	});
	const serveUpgrade = takeOver(server, 'upgrade');
	server.on('upgrade', (request, socket, head) => {
		takeBase(request, base);
		serveUpgrade(request, socket, head);
	});
}

function takeBase(request: IncomingMessage, base: string): void {
	const { url = '' } = request;
	const rest = url.slice(base.length);
	if (url.startsWith(base) && rest.startsWith('/')) request.url = rest;
	else if (!probes.has(pathOf(url))) foreign.add(request);
}

const pathOf = (url: string) => url.replace(/\?.*/s, '');

/** Answers requests for what is not below the path, before all listeners that the server has now. */
export function refuseForeign(server: Server, base: string): void {
	const serveRequest = takeOver(server, 'request');
	server.on('request', (request, response) => {
		if (foreign.has(request)) answerForeign(base, request, response);
		else serveRequest(request, response);
	});
	const serveUpgrade = takeOver(server, 'upgrade');
	server.on('upgrade', (request, socket: Duplex, head) => {
		if (!foreign.has(request)) serveUpgrade(request, socket, head);
		else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
	});
}

type Exchange = Parameters<RequestListener>;

/** Who opens the host, or leaves the last slash out, is sent to the first page. */
function answerForeign(base: string, request: Exchange[0], response: Exchange[1]): void {
	const { url = '', method } = request;
	const isFirst = pathOf(url) === '/' || pathOf(url) === base;
	if (isFirst && (method === 'GET' || method === 'HEAD')) {
		const location = `${base}/${url.slice(pathOf(url).length)}`;
		response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
		return;
	}
	const error = new CodedError(
		'NOT_FOUND',
		`Nothing is at this address. This service is at ${base}/ (http.basePath); a proxy in front has to pass this path on as it is.`,
	);
	response.writeHead(404, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
	response.end(JSON.stringify({ ok: false, error: error.toWire() }));
}
