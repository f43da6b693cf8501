import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { TransportOptions } from '../../shared/rtp.ts';
import { isAnswerTo } from '../../sfu/doctor/stun.ts';
import { bindingRequest } from '../load/wire/stun.ts';

/** The first message of a browser that brings media over TCP to this transport: a request of STUN behind its length. */
export function firstMessage({ iceParameters }: Pick<TransportOptions, 'iceParameters'>): Buffer {
	const request = bindingRequest(iceParameters);
	const length = Buffer.alloc(2);
	length.writeUInt16BE(request.length);
	return Buffer.concat([length, request]);
}

/** How long a message is interrupted, in ms: long enough to be sent in two packets. */
const pause = 50;

/** A connection that brings media over TCP. */
export class IceConnection {
	readonly socket: Socket;
	/** Resolves when it is closed, with what came until then. */
	readonly closed: Promise<Buffer>;
	#received: Buffer = Buffer.alloc(0);
	readonly #onData = new Set<() => void>();

	constructor(port: number, host = '127.0.0.1') {
		this.socket = connect(port, host).setNoDelay(true);
		this.socket.on('error', () => undefined);
		this.socket.on('data', (bytes: Buffer) => {
			this.#received = Buffer.concat([this.#received, bytes]);
			for (const look of this.#onData) look();
		});
		this.closed = new Promise((resolve) =>
			this.socket.once('close', () => resolve(this.#received)),
		);
	}

	/**
	 * Sends a first message.
	 *
	 * @param cut after how many bytes it is interrupted for a moment.
	 * @returns whether the worker answers that it is good; false when the connection is closed.
	 */
	async asks(message: Buffer, cut = 0): Promise<boolean> {
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const look = () => {
			if (this.#messages.some((one) => isAnswerTo(message.subarray(2), one))) resolve(true);
		};
		this.#onData.add(look);
		void this.closed.then(() => resolve(false));
		if (cut > 0) {
			this.socket.write(message.subarray(0, cut));
			await setTimeout(pause);
		}
		this.socket.write(message.subarray(cut));
		return promise.finally(() => this.#onData.delete(look));
	}

	/** The messages that came, without their lengths. */
	get #messages(): Buffer[] {
		const messages: Buffer[] = [];
		let at = 0;
		while (at + 2 <= this.#received.length) {
			const end = at + 2 + this.#received.readUInt16BE(at);
			messages.push(this.#received.subarray(at + 2, end));
			at = end;
		}
		return messages;
	}

	close(): void {
		this.socket.destroy();
	}
}
