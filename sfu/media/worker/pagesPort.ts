import { connect, type Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type {
	IceCandidate,
	TransportListenInfo,
	WebRtcServer,
	WebRtcTransport,
} from 'mediasoup/types';
import type { Log } from '../../platform/log.ts';
import { priorityStep, type MediaAddresses } from './mediaAddresses.ts';

/** Ranges of local addresses. Browsers take no media from them on a port below 1024. */
const localRanges = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat']);
const browsersTake = (address: string, port: number) =>
	port >= 1024 || !localRanges.has(ipaddr.process(address).range());

/** How many connections lead to one transport at a time: a browser tries one for each of its networks and of our addresses. */
const mostConnections = 16;
/** No byte in either direction for this long, in ms. Browsers check a path that they use every few seconds. */
const idle = 60_000;

/** Where a transport is reached on this machine. */
type Way = {
	address: string;
	port: number;
	/** The username fragment of its ICE. */
	fragment: string;
	/** The connections that lead there. */
	connections: Set<Socket>;
};

/**
 * Media over the TCP port of the pages, for networks that let nothing else through. Browsers are told that port as the last
 * way. A connection that comes there is led to the worker that has the transport. The transport is found by its username
 * fragment, which is secret and changes when ICE restarts.
 */
export class PagesPort {
	readonly #port: number;
	readonly #addresses: Pick<MediaAddresses, 'candidates'>;
	readonly #log: Log;
	readonly #ways = new Map<string, Way>();
	readonly #ofTransports = new WeakMap<WebRtcTransport, Way>();
	#connections = 0;

	/** @param port as browsers reach it. */
	constructor(port: number, addresses: Pick<MediaAddresses, 'candidates'>, log: Log) {
		this.#port = port;
		this.#addresses = addresses;
		this.#log = log;
	}

	/** How many connections are led to workers now. */
	get connections(): number {
		return this.#connections;
	}

	/** As `MediaAddresses.candidates`, and this port at each address from which browsers take it. */
	candidates(found: readonly IceCandidate[]): IceCandidate[] {
		const told = this.#addresses.candidates(found);
		const lowest = Math.min(...told.map(({ priority }) => priority));
		const here = told
			.filter(({ protocol, address }) => protocol === 'tcp' && browsersTake(address, this.#port))
			.map((candidate, index) => {
				const priority = lowest - (index + 1) * priorityStep;
				return { ...candidate, port: this.#port, priority };
			});
		return [...told, ...here];
	}

	/** Leads to the transports of this server from now on. */
	leadTo(server: WebRtcServer, listenInfos: readonly TransportListenInfo[]): void {
		const listening = listenInfos.find(({ protocol }) => protocol === 'tcp');
		if (!listening) return;
		const { ip, port = 0 } = listening;
		const address = { '0.0.0.0': '127.0.0.1', '::': '::1' }[ip] ?? ip;
		server.observer.on('webrtctransporthandled', (transport) => {
			const fragment = transport.iceParameters.usernameFragment;
			const way: Way = { address, port, fragment, connections: new Set() };
			this.#ways.set(fragment, way);
			this.#ofTransports.set(transport, way);
			transport.observer.once('close', () => {
				this.#ways.delete(way.fragment);
				for (const socket of way.connections) socket.destroy();
			});
		});
	}

	/** Is to be called when ICE of this transport has restarted. Its connections stay. */
	renew(transport: WebRtcTransport): void {
		const way = this.#ofTransports.get(transport);
		if (!way || transport.closed) return;
		this.#ways.delete(way.fragment);
		way.fragment = transport.iceParameters.usernameFragment;
		this.#ways.set(way.fragment, way);
	}

	/**
	 * Leads a connection to the transport with this username fragment, for as long as both are there.
	 *
	 * @param bytes what has already come over the connection.
	 * @returns false if there is no such transport, or enough connections lead to it.
	 */
	lead(socket: Socket, fragment: string, bytes: Buffer): boolean {
		const way = this.#ways.get(fragment);
		if (!way || way.connections.size >= mostConnections) return false;
		way.connections.add(socket);
		this.#connections++;
		const onward = connect(way.port, way.address);
		const end = () => {
			socket.destroy();
			onward.destroy();
		};
		for (const one of [socket, onward])
			one
				.setNoDelay(true)
				.setTimeout(idle, end)
				.on('error', end)
				.once('end', end)
				.once('close', end);
		socket.once('close', () => {
			way.connections.delete(socket);
			this.#connections--;
		});
		onward.write(bytes);
		socket.pipe(onward).pipe(socket);
		this.#log.debug({ port: way.port }, 'media comes over the port of the pages');
		return true;
	}
}
