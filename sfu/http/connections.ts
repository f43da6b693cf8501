import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CodedError } from '#shared/errors.ts';
import type { Config } from '../platform/config.ts';
import { filesPath } from '../files/files.ts';
import type { Log } from '../platform/log.ts';
import { addressBlock, addressOf, trusting } from '../platform/address.ts';
import { takeOver } from '../platform/listen.ts';
import { workPoints, type NetworkPace } from '../platform/networkPace.ts';
import { refuseForeign, serveBelow } from './basePath.ts';
import type { Certificate } from './certificate.ts';
import { routeConnection, type TakesMedia } from './firstBytes.ts';
import { hashedFiles } from './pages/site.ts';

/** Time limits, in ms. */
export const requestTimes = {
	/** The head of a request, or the TLS handshake. */
	headers: 20_000,
	/** A whole request that is no upload. */
	request: 20_000,
	/** The first message of media, where the port of the pages takes media. */
	media: 5_000,
	/** One request of an upload. The bytes that arrived are kept, and the next request continues the upload. */
	upload: 10 * 60_000,
	/** No byte in either direction: longer than a request may wait for events (60 s). */
	idle: 2 * 60_000,
};

/** How many requests of one connection may be unanswered: browsers and proxies have one. */
const maxUnanswered = 32;
/** Descriptors that are no connections: the database, workers, the log. A connection may also hold a file. */
const reserved = 64;
/** The least time between two log lines about refused connections, in ms. */
const logEvery = 60_000;

type Options = {
	certificate: Certificate | null;
	config: Pick<Config, 'http' | 'limits'>;
	log: Log;
	pace: NetworkPace;
	/** Takes the connections that bring media; null where only the pages are served. */
	pagesPort?: TakesMedia | null;
	/** As `requestTimes`. */
	times?: typeof requestTimes;
};

/**
 * The server for pages and signalling. It bounds the number of connections, their times, and the work for each network, and
 * closes connections beyond a bound.
 */
export function createBoundedServer(
	handler: RequestListener,
	{ certificate, config, log, pace, pagesPort = null, times = requestTimes }: Options,
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
	const refused = throttled((bounds: object) =>
		log.warn(bounds, 'connections were refused: see limits'),
	);
	// Socket.IO takes over the server's requests when it starts; these listeners must see these too.
	const { basePath } = config.http;
	server.once('listening', () => {
		if (basePath !== '') refuseForeign(server, basePath);
		paceRequests(server, { config, pace, refused });
		server.prependListener('request', (request: Exchange[0], response: Exchange[1]) => {
			if (!isUpload(request.url)) cutLate(request, response, times.request);
			cutFlood(request, response);
		});
		if (basePath !== '') serveBelow(server, basePath);
	});
	const serve = takeOver(server, 'connection');
	const pass: PassConnection = pagesPort
		? (socket, block) => {
				const lead: TakesMedia['lead'] = (...media) => {
					const isLed = pagesPort.lead(...media);
					if (isLed && block !== null) paceMedia(socket, block, pace);
					return isLed;
				};
				const toPages = guarded(socket, () => serve(socket));
				routeConnection(socket, toPages, { lead }, times.media);
			}
		: serve;
	bound(server, { config, pace, refused }, pass);
	return server;
}

const isUpload = (url = '') => url.startsWith(filesPath);

type Exchange = Parameters<RequestListener>;

/** Ends a request that has not arrived within this many ms. */
function cutLate(request: Exchange[0], response: Exchange[1], ms: number): void {
	const timer = setTimeout(() => {
		if (request.complete) return;
		if (response.headersSent) {
			request.destroy();
			return;
		}
		const error = new CodedError('BAD_REQUEST', 'The request took too long to arrive.');
		response.writeHead(408, { 'Content-Type': 'application/json', Connection: 'close' });
		response.end(inShape(error), () => request.destroy());
	}, ms);
	response.once('close', () => clearTimeout(timer));
}

const inShape = (error: CodedError) => JSON.stringify({ ok: false, error: error.toWire() });

/** How many requests of each connection are unanswered. */
const unanswered = new WeakMap<Socket, number>();

/** Closes a connection on which too many requests wait. Node bounds unsent answers but not waiting requests. */
function cutFlood({ socket }: Exchange[0], response: Exchange[1]): void {
	const count = (unanswered.get(socket) ?? 0) + 1;
	unanswered.set(socket, count);
	response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
	if (count > maxUnanswered) socket.destroy();
}

type BoundingOptions = Pick<Options, 'config' | 'pace'> & {
	/** Tells the log that a bound was reached. */
	refused(bounds: object): void;
};

/** What a network is answered of which too much waits already (SERVICE-6). */
const refusal = inShape(
	new CodedError(
		'TOO_MANY_REQUESTS',
		'Your network asked for too much at once. Try again in some seconds.',
	),
);
const refusalHeaders = {
	'Content-Type': 'application/json',
	'Content-Length': Buffer.byteLength(refusal),
	'Retry-After': 5,
	Connection: 'close',
};

function pointsOf({ method, url = '' }: IncomingMessage): number {
	const isChange = url.startsWith('/api/') && method !== 'GET' && method !== 'HEAD';
	if (isChange) return workPoints.change;
	return url.startsWith(hashedFiles) ? workPoints.file : workPoints.request;
}

/** Each request, and each that asks for a WebSocket, begins when its network has its turn (SERVICE-6). */
function paceRequests(
	server: Server,
	{ config: { http, limits }, pace, refused }: BoundingOptions,
): void {
	const { workPerAddress } = limits;
	const isProxy = trusting(http.trustProxy);
	const blockOf = (request: IncomingMessage) => addressBlock(addressOf(request, isProxy));
	const answer = takeOver(server, 'request');
	server.on('request', (request, response) => {
		const block = blockOf(request);
		const giveUp = pace.take(block, pointsOf(request), () => {
			// It may have been answered meanwhile: that it took too long to arrive.
			if (!response.headersSent) answer(request, response);
		});
		if (giveUp) {
			response.once('close', giveUp);
			return;
		}
		refused({ block, workPerAddress });
		response.writeHead(429, refusalHeaders).end(refusal);
	});
	const upgrade = takeOver(server, 'upgrade');
	server.on('upgrade', (request, socket, head) => {
		const block = blockOf(request);
		const begin = guarded(socket, () => upgrade(request, socket, head));
		const giveUp = pace.take(block, workPoints.webSocket, begin);
		if (giveUp) {
			socket.once('close', giveUp);
			return;
		}
		refused({ block, workPerAddress });
		const headers = Object.entries(refusalHeaders).map((header) => `${header.join(': ')}\r\n`);
		socket.end(`HTTP/1.1 429 Too Many Requests\r\n${headers.join('')}\r\n${refusal}`);
	});
}

/** Looks after a connection that may break before anybody else listens to it, until it is handed over. */
function guarded(socket: Duplex, handOver: () => void): () => void {
	const onError = () => socket.destroy();
	socket.on('error', onError);
	return () => {
		socket.off('error', onError);
		handOver();
	};
}

/** Takes a connection that may be there. The network is null for a trusted proxy. */
type PassConnection = (socket: Socket, block: string | null) => void;

/** Media of a network that has spent its share waits, as packets of its sockets do (SERVICE-7). */
function paceMedia(socket: Socket, block: string, pace: NetworkPace): void {
	let isWaiting = false;
	socket.on('data', () => {
		if (pace.spend(block, workPoints.media) && !isWaiting) return;
		socket.pause();
		if (isWaiting) return;
		isWaiting = true;
		const giveUp = pace.whenFree(block, () => {
			isWaiting = false;
			socket.off('close', giveUp).resume();
		});
		socket.once('close', giveUp);
	});
}

/**
 * Refuses connections beyond the available descriptors, and beyond the bound of one network. Connections that come too fast
 * wait before anything is read from them (SERVICE-6).
 */
function bound(
	server: Server,
	{ config: { http, limits }, pace, refused }: BoundingOptions,
	pass: PassConnection,
): void {
	const maxConnections = Math.min(limits.connections || Infinity, connectionsLeft(descriptors()));
	server.maxConnections = maxConnections;
	// One network leaves space for others.
	const maxOfNetwork = Math.min(limits.connectionsPerAddress, Math.ceil(maxConnections / 2));
	const isProxy = trusting(http.trustProxy);
	const held = new Map<string, number>();
	server.on('drop', () => refused({ connections: maxConnections }));
	server.on('connection', (socket: Socket) => {
		const address = socket.remoteAddress ?? '';
		if (isProxy(address, 0)) {
			pass(socket, null);
			return;
		}
		const block = addressBlock(address);
		const count = held.get(block) ?? 0;
		if (count >= maxOfNetwork) {
			refused({ block, connectionsPerAddress: maxOfNetwork });
			socket.destroy();
			return;
		}
		held.set(block, count + 1);
		socket.once('close', () => {
			const left = (held.get(block) ?? 1) - 1;
			if (left > 0) held.set(block, left);
			else held.delete(block);
		});
		const giveUp = pace.take(
			block,
			workPoints.connection,
			guarded(socket, () => pass(socket, block)),
		);
		if (giveUp) socket.once('close', giveUp);
		else {
			refused({ block, workPerAddress: limits.workPerAddress });
			socket.destroy();
		}
	});
}

/** @param limit how many descriptors the process may have. */
export const connectionsLeft = (limit: number): number =>
	Math.max(16, Math.floor((limit - reserved) / 2));

/** How many descriptors the process may have, if the system tells. */
function descriptors(): number {
	try {
		const found = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
		return found === undefined ? Infinity : Number(found);
	} catch {
		// A system without /proc: the usual default.
		return 1024;
	}
}

/** Calls at most once in `logEvery`. */
function throttled<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
	let at = -Infinity;
	return (...args) => {
		if (performance.now() - at < logEvery) return;
		at = performance.now();
		call(...args);
	};
}
