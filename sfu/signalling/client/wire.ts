import type { EventEmitter } from 'node:events';
import { ServerResponse } from 'node:http';
import { bounds } from './bounds.ts';
import type { Socket } from 'socket.io';

/** A connection of Engine.IO. */
export type Connection = Socket['conn'];

type Bounds = { [B in keyof typeof bounds]: number };

/** What is needed of a WebSocket under Engine.IO. */
type WebSocket = Record<'pause' | 'resume' | 'terminate', () => void>;

const isWebSocket = (socket: unknown): socket is WebSocket =>
	typeof socket === 'object' && socket !== null && 'terminate' in socket && 'pause' in socket;

/** The WebSocket that a connection runs over now; null if it is long polling. */
export function webSocketOf({ transport }: Connection): WebSocket | null {
	const socket: unknown = 'socket' in transport ? transport.socket : null;
	return isWebSocket(socket) ? socket : null;
}

/** Why a connection is closed whose client does not keep to the bounds. */
export type ExceededBound = 'unread' | 'flood';

/** What waits for all connections together, in bytes. */
export type Unread = { bytes: number };

/** The size in bytes of what a packet carries. */
const sizeOf = (data: unknown): number => {
	if (typeof data === 'string') return Buffer.byteLength(data);
	return ArrayBuffer.isView(data) ? data.byteLength : 0;
};

const dataOf = (packet: unknown): unknown =>
	typeof packet === 'object' && packet !== null && 'data' in packet ? packet.data : undefined;

/**
 * Counts what goes over one connection and closes it beyond the bounds (CONN-11): when too much waits to be read by its client, when
 * nothing was read for too long although the client answers heartbeats, and when it sends too much.
 */
export class Wire {
	/** Bytes that were written so far, read or not. */
	written = 0;
	readonly #connection: Connection;
	readonly #bounds: Bounds;
	readonly #exceeded: (why: ExceededBound) => void;
	readonly #altogether: Unread;
	/** Bytes that wait in Engine.IO. */
	#buffered = 0;
	/** Bytes in the transport that are not sent yet. */
	#sending = 0;
	#movedAt = 0;
	#received = { bytes: 0, packets: 0, since: 0 };
	readonly #responses = new Set<ServerResponse>();
	#over = false;
	#closed = false;

	/**
	 * @param altogether what waits for all connections, which this one adds to.
	 * @param exceeded is called with the reason before the connection is closed.
	 */
	constructor(
		connection: Connection,
		altogether: Unread,
		exceeded: (why: ExceededBound) => void,
		limits: Bounds = bounds,
	) {
		this.#connection = connection;
		this.#altogether = altogether;
		this.#exceeded = exceeded;
		this.#bounds = limits;
		connection.on('packetCreate', (packet: unknown) => this.#onCreated(sizeOf(dataOf(packet))));
		connection.on('flush', () => this.#onFlush());
		connection.on('packet', (packet: unknown) => this.#onReceived(sizeOf(dataOf(packet))));
		connection.on('heartbeat', () => this.#onHeartbeat());
		connection.once('close', () => this.#onClosed());
	}

	/** Bytes that wait to be read by the client. */
	get unread(): number {
		return this.#buffered + this.#sending;
	}

	/** Ends the connection without waiting for its client to read what waits. */
	cut(): void {
		this.#over = true;
		const socket = webSocketOf(this.#connection);
		this.#connection.close(true);
		for (const response of this.#responses) response.destroy();
		// A WebSocket would wait half a minute for the client to agree.
		socket?.terminate();
	}

	#onCreated(size: number): void {
		this.written += size;
		if (this.#over || this.#closed) return;
		const { packetOverhead, unreadBytes, unreadAltogether, unreadLeast } = this.#bounds;
		this.#buffered += size + packetOverhead;
		this.#altogether.bytes += size + packetOverhead;
		const share = 1 - this.#altogether.bytes / unreadAltogether;
		if (this.unread > Math.max(unreadLeast, unreadBytes * share)) this.#exceed('unread');
	}

	#onFlush(): void {
		const bytes = this.#buffered;
		this.#buffered = 0;
		if (this.#sending === 0) this.#movedAt = performance.now();
		this.#sending += bytes;
		const { transport } = this.#connection;
		const response: unknown = 'res' in transport ? transport.res : null;
		const settle = () => {
			if (response instanceof ServerResponse) this.#responses.delete(response);
			if (this.#closed) return;
			this.#sending -= bytes;
			this.#altogether.bytes -= bytes;
			this.#movedAt = performance.now();
		};
		// Long polling lets go of each response at once: only the response knows when it was sent.
		if (response instanceof ServerResponse) this.#responses.add(response.once('close', settle));
		else (transport as EventEmitter).once('drain', settle);
	}

	#onReceived(size: number): void {
		const now = performance.now();
		if (now - this.#received.since > this.#bounds.inTime)
			this.#received = { bytes: 0, packets: 0, since: now };
		this.#received.bytes += size;
		this.#received.packets++;
		const { inBytes, inPackets } = this.#bounds;
		if (this.#received.bytes > inBytes || this.#received.packets > inPackets) this.#exceed('flood');
	}

	/** A client can answer heartbeats without reading anything. */
	#onHeartbeat(): void {
		if (this.unread > 0 && performance.now() - this.#movedAt > this.#bounds.unreadTime)
			this.#exceed('unread');
	}

	#onClosed(): void {
		this.#closed = true;
		this.#altogether.bytes -= this.unread;
		// Unread last answers must not wait until a request times out.
		for (const response of this.#responses)
			response.setTimeout(this.#bounds.partingTime, () => response.destroy());
	}

	#exceed(why: ExceededBound): void {
		if (this.#over) return;
		this.#over = true;
		// A broadcast to many sockets may be under way.
		setImmediate(() => {
			if (this.#connection.readyState === 'closed') return;
			this.#exceeded(why);
			this.cut();
		});
	}
}
