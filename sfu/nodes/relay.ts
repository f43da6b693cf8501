import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';
import * as v from 'valibot';
import { roomId } from '#shared/ids.ts';
import { takeOver } from '../platform/listen.ts';
import type { Log } from '../platform/log.ts';
import type { Place, Places } from './places.ts';

/** How long another node may take to answer, in ms. */
const answerTime = 90_000;
const upgradeTime = 5_000;
/** How often a node that does not answer is named in the log at most, in ms. */
const logInterval = 10_000;

/** What a node says about a request that it passes on. */
const [tokenHeader, peerHeader, secureHeader] = ['parley-node', 'parley-peer', 'parley-secure'];

const named = v.union([v.literal('strangers'), roomId]);

/** Where the pages' sockets and the matches over HTTP are asked for. */
const socketPath = '/socket.io/';
const matchPath = '/api/match';

/** Between the id of the node and what tells its connections apart. */
const separator = '.';

/** What a load balancer says about where a person is: the name of a region of nodes. To lie about it moves nobody else. */
const regionHeader = 'parley-region';

type Destination = { kind: 'connection'; node: string } | { kind: 'place'; place: Place };

/** What this request is for, if that is something which one node has. */
export function destinationOf(url: string): Destination | null {
	if (url === matchPath || url.startsWith(`${matchPath}/`) || url.startsWith(`${matchPath}?`))
		return { kind: 'place', place: 'strangers' };
	if (!url.startsWith(socketPath)) return null;
	const query = URL.parse(url, 'http://node')?.searchParams;
	const connection = query?.get('sid');
	if (connection) return { kind: 'connection', node: connection.split(separator)[0] ?? '' };
	const place = v.safeParse(named, query?.get('place'));
	if (!place.success) return null;
	return {
		kind: 'place',
		place: place.output === 'strangers' ? 'strangers' : `room ${place.output}`,
	};
}

/** The id of a connection, by which every node knows where it is. */
export const connectionId = (node: string, unique: string) => `${node}${separator}${unique}`;

/** What serves the sockets of pages. */
export type Sockets = {
	request: RequestListener;
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
};

/** What other nodes ask for themselves, at this path alone. */
export type NodeEndpoint = Pick<Sockets, 'request'> & Partial<Sockets> & { path: string };

/**
 * Passes requests on to the node that has what they are for, so that any node takes any of them. The other node sees each
 * as this one does: with the address and the headers that it came with.
 */
export class Relay {
	readonly #places: Places;
	readonly #token: string;
	readonly #log: Log;
	readonly #proxy = createProxyServer({
		proxyTimeout: answerTime,
		upgradeTimeout: upgradeTime,
		// A connection is of one client, whose address it takes on.
		agent: false,
	});
	/** When each node was last said not to answer, in ms of the monotonic clock. */
	readonly #loggedAt = new Map<string, number>();

	/** @param secret all nodes have it. */
	constructor(places: Places, secret: string, log: Log) {
		this.#places = places;
		this.#token = createHmac('sha256', secret).update('from node to node').digest('base64url');
		this.#log = log;
		this.#proxy.on('error', (error, _request, response, target) => {
			this.#logFailure(error, String(target));
			if (!response || response instanceof Socket) response?.destroy();
			else if (response.headersSent) response.destroy();
			else response.writeHead(502).end();
		});
	}

	/** Looks at each request before the listeners that the server has now. */
	attach(server: Server): void {
		const serveRequest = takeOver(server, 'request');
		server.on('request', (...exchange) => {
			const serve = (node: string | null) => {
				const url = node === null ? null : this.#urlOf(node);
				if (url === null) serveRequest(...exchange);
				else
					this.#proxy
						.web(...exchange, this.#options(url, exchange[0]))
						.catch((error: unknown) => this.#logFailure(error, url));
			};
			this.#decide(exchange[0], serve);
		});
		const serveUpgrade = takeOver(server, 'upgrade');
		server.on('upgrade', (request, socket, head) => {
			socket.on('error', () => socket.destroy());
			this.#decide(request, (node) => {
				const url = node === null ? null : this.#urlOf(node);
				if (url === null || !(socket instanceof Socket)) serveUpgrade(request, socket, head);
				else
					this.#proxy
						.ws(request, socket, this.#options(url, request), head)
						.catch((error: unknown) => this.#logFailure(error, url));
			});
		});
	}

	/** What a request of this node to another one has to carry. */
	get credentials(): Record<string, string> {
		return { [tokenHeader]: this.#token };
	}

	/**
	 * The server that takes what other nodes pass on.
	 *
	 * @param own serves what other nodes ask for themselves.
	 */
	receiver(pages: RequestListener, sockets: Sockets, own: readonly NodeEndpoint[]): Server {
		const ownAt = (url: string | undefined) => own.find(({ path }) => path === url);
		const server = createServer((request, response) => {
			const endpoint = ownAt(request.url);
			if (!this.#isOfNode(request)) response.writeHead(403).end();
			else if (endpoint) endpoint.request(request, response);
			else if (!takeOnConnection(request)) response.writeHead(403).end();
			else if (request.url?.startsWith(socketPath)) sockets.request(request, response);
			else pages(request, response);
		});
		server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
			socket.on('error', () => socket.destroy());
			const endpoint = ownAt(request.url);
			if (!this.#isOfNode(request)) refuse(socket);
			else if (endpoint?.upgrade) endpoint.upgrade(request, socket, head);
			else if (takeOnConnection(request)) sockets.upgrade(request, socket, head);
			else refuse(socket);
		});
		return server;
	}

	/** Says, once in a while, that a node cannot be reached. */
	#logFailure(error: unknown, url: string): void {
		const now = performance.now();
		if (now - (this.#loggedAt.get(url) ?? -logInterval) < logInterval) return;
		this.#loggedAt.set(url, now);
		this.#log.warn(
			{ err: error, url },
			'another node does not answer: it has just ended, or its node.url and node.port do not let this one through',
		);
	}

	/** @param then is given the node that the request belongs to; null for this one. */
	#decide(request: IncomingMessage, then: (node: string | null) => void): void {
		const destination = destinationOf(request.url ?? '');
		if (!destination) {
			// Who connects here would hear nothing of what happens on the others.
			const isLost = this.#places.isAlone && request.url?.startsWith(socketPath);
			then(isLost ? this.#elsewhere() : null);
			return;
		}
		this.#nodeOf(destination, regionOf(request)).then(
			(node) => then(node === this.#places.ownId ? null : node),
			(error: unknown) => {
				this.#log.error({ err: error }, 'the node of a request was not found');
				then(null);
			},
		);
	}

	async #nodeOf(destination: Destination, region: string | undefined): Promise<string> {
		if (destination.kind === 'connection') return destination.node;
		const { place } = destination;
		return (await this.#places.ownerOf(place)) ?? this.#places.best(place, region);
	}

	/** Another node, if there is one. */
	#elsewhere(): string | null {
		const best = this.#places.elsewhere('any');
		return best === this.#places.ownId ? null : best;
	}

	/** Null for a node that is not there, or not ready. */
	#urlOf(node: string): string | null {
		return this.#places.nodes.find(({ id }) => id === node)?.url || null;
	}

	#options(target: string, { socket }: IncomingMessage) {
		const headers = {
			[tokenHeader]: this.#token,
			[peerHeader]: socket.remoteAddress ?? '',
			[secureHeader]: 'encrypted' in socket && socket.encrypted ? '1' : '0',
		};
		return { target, headers };
	}

	#isOfNode({ headers }: IncomingMessage): boolean {
		const token = headers[tokenHeader];
		if (typeof token !== 'string') return false;
		const [given, ours] = [Buffer.from(token), Buffer.from(this.#token)];
		return given.length === ours.length && timingSafeEqual(given, ours);
	}
}

function regionOf({ headers }: IncomingMessage): string | undefined {
	const region = headers[regionHeader];
	return typeof region === 'string' && region !== '' ? region : undefined;
}

/** Makes a connection look as it does at the node that passes it on. @returns false if that node does not say how. */
function takeOnConnection({ headers, socket }: IncomingMessage): boolean {
	const peer = headers[peerHeader];
	if (typeof peer !== 'string') return false;
	Object.defineProperty(socket, 'remoteAddress', { value: peer, configurable: true });
	const encrypted = { value: headers[secureHeader] === '1', configurable: true };
	Object.defineProperty(socket, 'encrypted', encrypted);
	return true;
}

const refuse = (socket: Duplex) =>
	socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
