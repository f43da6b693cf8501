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
	const request = takeOver(server, 'request');
	server.on('request', (asked, response) => {
		takeBase(asked, base);
		request(asked, response);
	});
	const upgrade = takeOver(server, 'upgrade');
	server.on('upgrade', (asked, socket, head) => {
		takeBase(asked, base);
		upgrade(asked, socket, head);
	});
}

function takeBase(asked: IncomingMessage, base: string): void {
	const { url = '' } = asked;
	const rest = url.slice(base.length);
	if (url.startsWith(base) && rest.startsWith('/')) asked.url = rest;
	else if (!probes.has(pathOf(url))) foreign.add(asked);
}

const pathOf = (url: string) => url.replace(/\?.*/s, '');

/** Answers requests for what is not below the path, before all listeners that the server has now. */
export function refuseForeign(server: Server, base: string): void {
	const request = takeOver(server, 'request');
	server.on('request', (asked, response) => {
		if (foreign.has(asked)) answerForeign(base, asked, response);
		else request(asked, response);
	});
	const upgrade = takeOver(server, 'upgrade');
	server.on('upgrade', (asked, socket: Duplex, head) => {
		if (!foreign.has(asked)) upgrade(asked, socket, head);
		else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
	});
}

type Exchange = Parameters<RequestListener>;

/** Who opens the host, or leaves the last slash out, is sent to the first page. */
function answerForeign(base: string, asked: Exchange[0], response: Exchange[1]): void {
	const { url = '', method } = asked;
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
