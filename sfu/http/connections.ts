import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Config } from '../config.ts';
import { filesPath } from '../files/files.ts';
import type { Log } from '../log.ts';
import { addressBlock, trusting } from '../people/address.ts';
import type { Certificate } from './certificate.ts';

/** How long things may take, in ms. */
export const requestTimes = {
	/** The head of a request, or the greeting of TLS. */
	headers: 20_000,
	/** A whole request that is no upload. */
	request: 20_000,
	/** One request of an upload. What came until then is kept, and the upload goes on with the next one. */
	upload: 10 * 60_000,
	/** No byte in either direction: longer than a request may wait for news (60 s). */
	idle: 2 * 60_000,
};

/** Requests of one connection that may be unanswered at a time: browsers and proxies have one. */
const mostUnanswered = 32;
/** Descriptors that are no connections: the database, workers, the log. A connection may hold a file beside itself. */
const reserved = 64;
/** At most so often, in ms, the log says that connections were refused. */
const logEvery = 60_000;

type Options = {
	certificate: Certificate | null;
	config: Pick<Config, 'http' | 'limits'>;
	log: Log;
	/** As `requestTimes`. */
	times?: typeof requestTimes;
};

/**
 * The server for pages and signalling, with bounds for how many connections there are, and how long they may take. What is
 * beyond a bound is closed.
 */
export function createBoundedServer(
	handler: RequestListener,
	{ certificate, config, log, times = requestTimes }: Options,
): Server {
	const options = {
		headersTimeout: times.headers,
		requestTimeout: times.upload,
		connectionsCheckingInterval: Math.min(5_000, times.headers),
		handshakeTimeout: times.headers,
	};
	const server = certificate
		? createSecureServer({ ...certificate, ...options }, handler)
		: createServer(options, handler);
	server.setTimeout(times.idle);
	// Signalling takes the requests of a server over as it begins: this one is to see those too.
	server.once('listening', () =>
		server.on('request', (request, response) => {
			if (!isUpload(request.url)) cutLate(request, response, times.request);
			cutFlood(request, response);
		}),
	);
	bound(server, config, log);
	return server;
}

const isUpload = (url = '') => url.startsWith(filesPath);

type Exchange = Parameters<RequestListener>;

/** Ends a request that is not there as a whole after so many ms. */
function cutLate(request: Exchange[0], response: Exchange[1], ms: number): void {
	const timer = setTimeout(() => {
		if (request.complete) return;
		if (response.headersSent) {
			request.destroy();
			return;
		}
		const error = { code: 'BAD_REQUEST', message: 'The request took too long to arrive.' };
		response.writeHead(408, { 'Content-Type': 'application/json', Connection: 'close' });
		response.end(JSON.stringify({ ok: false, error }), () => request.destroy());
	}, ms);
	response.once('close', () => clearTimeout(timer));
}

/** How many requests of each connection are not answered yet. */
const unanswered = new WeakMap<Socket, number>();

/** Closes a connection on which too many requests wait: Node bounds what waits to be sent, and not what waits for its turn. */
function cutFlood({ socket }: Exchange[0], response: Exchange[1]): void {
	const count = (unanswered.get(socket) ?? 0) + 1;
	unanswered.set(socket, count);
	response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
	if (count > mostUnanswered) socket.destroy();
}

/** Refuses connections beyond what there are descriptors for, and beyond what one network may hold. */
function bound(server: Server, { http, limits }: Options['config'], log: Log): void {
	const most = Math.min(limits.connections || Infinity, connectionsLeft(descriptors()));
	server.maxConnections = most;
	// One network leaves room for others.
	const mostThere = Math.min(limits.connectionsPerAddress, Math.ceil(most / 2));
	const isProxy = trusting(http.trustProxy);
	const held = new Map<string, number>();
	const refused = seldom((bounds: object) =>
		log.warn(bounds, 'connections were refused: see limits.connections and connectionsPerAddress'),
	);
	server.on('drop', () => refused({ most }));
	server.on('connection', (socket: Socket) => {
		const address = socket.remoteAddress ?? '';
		if (isProxy(address, 0)) return;
		const block = addressBlock(address);
		const count = held.get(block) ?? 0;
		if (count >= mostThere) {
			refused({ block, most: mostThere });
			socket.destroy();
			return;
		}
		held.set(block, count + 1);
		socket.once('close', () => {
			const left = (held.get(block) ?? 1) - 1;
			if (left > 0) held.set(block, left);
			else held.delete(block);
		});
	});
}

/** @param limit how many descriptors the process may have. */
export const connectionsLeft = (limit: number): number =>
	Math.max(16, Math.floor((limit - reserved) / 2));

/** How many descriptors the process may have, as far as the system tells. */
function descriptors(): number {
	try {
		const found = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
		return found === undefined ? Infinity : Number(found);
	} catch {
		// A system without /proc: as many as it gives without being asked.
		return 1024;
	}
}

/** Calls at most once in `logEvery`. */
function seldom<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
	let at = -Infinity;
	return (...args) => {
		if (performance.now() - at < logEvery) return;
		at = performance.now();
		call(...args);
	};
}
