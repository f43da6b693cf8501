import type { EventEmitter } from 'node:events';
import { ServerResponse } from 'node:http';
import { bounds } from './bounds.ts';
import type { ClientSocket } from './client.ts';

/** A connection of Engine.IO. */
export type Connection = ClientSocket['conn'];

type Bounds = { [B in keyof typeof bounds]: number };

/** Why a connection is closed whose client does not keep to the bounds. */
export type Excess = 'it does not read' | 'it sends too much';

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
 * Counts what goes over one connection and closes it beyond the bounds (R172): when too much waits to be read by its client, when
 * nothing of what waits was read for too long although the client says that it is there, and when it sends too much.
 */
export class Wire {
	/** Bytes that were written so far, read or not. */
	written = 0;
	readonly #connection: Connection;
	readonly #bounds: Bounds;
	readonly #exceeded: (why: Excess) => void;
	readonly #altogether: Unread;
	/** Waits in Engine.IO, in bytes. */
	#buffered = 0;
	/** Was handed on to the transport, which has not said that it is sent. */
	#sending = 0;
	#movedAt = 0;
	#received = { bytes: 0, packets: 0, since: 0 };
	readonly #responses = new Set<ServerResponse>();
	#over = false;
	#closed = false;

	/**
	 * @param altogether what waits for all connections, which this one adds to.
	 * @param exceeded is told why the connection is about to be closed.
	 */
	constructor(
		connection: Connection,
		altogether: Unread,
		exceeded: (why: Excess) => void,
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
		const { transport } = this.#connection;
		this.#connection.close(true);
		for (const response of this.#responses) response.destroy();
		// A WebSocket would wait half a minute for the client to agree.
		const socket: unknown = 'socket' in transport ? transport.socket : null;
		if (typeof socket !== 'object' || socket === null || !('terminate' in socket)) return;
		if (typeof socket.terminate === 'function') socket.terminate();
	}

	#onCreated(size: number): void {
		this.written += size;
		if (this.#over || this.#closed) return;
		const { packetOverhead, unreadBytes, unreadAltogether, unreadLeast } = this.#bounds;
		this.#buffered += size + packetOverhead;
		this.#altogether.bytes += size + packetOverhead;
		const share = 1 - this.#altogether.bytes / unreadAltogether;
		if (this.unread > Math.max(unreadLeast, unreadBytes * share)) this.#exceed('it does not read');
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
		if (this.#received.bytes > inBytes || this.#received.packets > inPackets)
			this.#exceed('it sends too much');
	}

	/** A client can say that it is there without reading anything. */
	#onHeartbeat(): void {
		if (this.unread > 0 && performance.now() - this.#movedAt > this.#bounds.unreadTime)
			this.#exceed('it does not read');
	}

	#onClosed(): void {
		this.#closed = true;
		this.#altogether.bytes -= this.unread;
		// What nobody reads of its last answers must not wait for a request to time out.
		for (const response of this.#responses)
			response.setTimeout(this.#bounds.partingTime, () => response.destroy());
	}

	#exceed(why: Excess): void {
		if (this.#over) return;
		this.#over = true;
		// Somebody is in the middle of telling many sockets something.
		setImmediate(() => {
			if (this.#connection.readyState === 'closed') return;
			this.#exceeded(why);
			this.cut();
		});
	}
}
