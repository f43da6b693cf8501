import { createHash, createHmac, randomBytes } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { attribute, cookie, headBytes } from './stun.ts';
import type { TurnLine } from './turnLine.ts';

const methods = { allocate: 0x003, refresh: 0x004, createPermission: 0x008 };
const types = {
	username: 0x0006,
	integrity: 0x0008,
	error: 0x0009,
	peer: 0x0012,
	realm: 0x0014,
	nonce: 0x0015,
	family: 0x0017,
	transport: 0x0019,
	lifetime: 0x000d,
};
/** As IP numbers them. */
const protocols = { udp: 17, tcp: 6 };
const integrityBytes = 24;

export type TurnCredentials = { username?: string | undefined; credential?: string | undefined };
/** The code of an error; null where the server did what it was asked. */
type Refusal = number | null;
type Answer = { error: Refusal; attributes: Map<number, Buffer> };

/** A client of TURN (RFC 8656). It asks for a relay and for permissions, and sends nothing through it. */
export class TurnClient {
	readonly #line: TurnLine;
	readonly #username: string;
	readonly #credential: string;
	/** Those who wait for an answer, by the transaction. */
	readonly #waiting = new Map<string, (answer: Answer) => void>();
	#received: Buffer = Buffer.alloc(0);
	#realm: Buffer = Buffer.alloc(0);
	#nonce: Buffer = Buffer.alloc(0);

	/** @param line to the server. */
	constructor(line: TurnLine, { username = '', credential = '' }: TurnCredentials) {
		this.#line = line;
		this.#username = username;
		this.#credential = credential;
		line.onBytes((bytes) => this.#take(bytes));
	}

	/** Asks for a relayed address. */
	async allocate(family: 4 | 6 = 4, protocol: keyof typeof protocols = 'udp'): Promise<Refusal> {
		const attributesToSend = [
			attribute(types.transport, Buffer.from([protocols[protocol], 0, 0, 0])),
		];
		if (family === 6) attributesToSend.push(attribute(types.family, Buffer.from([2, 0, 0, 0])));
		const { error, attributes } = await this.#ask(methods.allocate, attributesToSend);
		if (error !== 401) return error;
		this.#realm = attributes.get(types.realm) ?? this.#realm;
		this.#nonce = attributes.get(types.nonce) ?? this.#nonce;
		return (await this.#ask(methods.allocate, attributesToSend)).error;
	}

	/** Asks to relay to this address. */
	async permission(address: string): Promise<Refusal> {
		const transaction = randomBytes(12);
		const peer = attribute(types.peer, xored(address, transaction));
		return (await this.#ask(methods.createPermission, [peer], transaction)).error;
	}

	/** Gives the relay back. Over UDP the server would keep it for ten minutes. */
	async release(): Promise<void> {
		await this.#ask(methods.refresh, [attribute(types.lifetime, Buffer.alloc(4))]);
	}

	close(): void {
		this.#line.close();
	}

	#ask(method: number, attributes: Buffer[], transaction = randomBytes(12)): Promise<Answer> {
		return new Promise((resolve) => {
			this.#waiting.set(transaction.toString('hex'), resolve);
			this.#line.send(this.#message(method, transaction, attributes));
		});
	}

	#message(method: number, transaction: Buffer, attributes: Buffer[]): Buffer {
		const isKnown = this.#nonce.length > 0;
		const credentials = [
			attribute(types.username, Buffer.from(this.#username)),
			attribute(types.realm, this.#realm),
			attribute(types.nonce, this.#nonce),
		];
		const body = Buffer.concat([...attributes, ...(isKnown ? credentials : [])]);
		const head = Buffer.alloc(4);
		head.writeUInt16BE(method, 0);
		head.writeUInt16BE(body.length + (isKnown ? integrityBytes : 0), 2);
		const message = Buffer.concat([head, cookie, transaction, body]);
		if (!isKnown) return message;
		const secret = `${this.#username}:${this.#realm.toString()}:${this.#credential}`;
		const key = createHash('md5').update(secret).digest();
		const integrity = createHmac('sha1', key).update(message).digest();
		return Buffer.concat([message, attribute(types.integrity, integrity)]);
	}

	#take(bytes: Buffer): void {
		this.#received = Buffer.concat([this.#received, bytes]);
		while (this.#received.length >= headBytes) {
			const length = headBytes + this.#received.readUInt16BE(2);
			if (this.#received.length < length) return;
			const message = this.#received.subarray(0, length);
			this.#received = this.#received.subarray(length);
			this.#waiting.get(message.toString('hex', 8, headBytes))?.(parsed(message));
		}
	}
}

/** An address as STUN writes it, with port 9. An IPv4-mapped address stays an address of IPv6. */
function xored(address: string, transaction: Buffer): Buffer {
	const bytes = ipaddr.parse(address).toByteArray();
	const mask = Buffer.concat([cookie, transaction]);
	const head = Buffer.from([0, bytes.length === 4 ? 1 : 2, 0, 0]);
	head.writeUInt16BE(9 ^ cookie.readUInt16BE(0), 2);
	return Buffer.concat([head, Buffer.from(bytes.map((byte, at) => byte ^ (mask[at] ?? 0)))]);
}

function parsed(message: Buffer): Answer {
	const attributes = new Map<number, Buffer>();
	for (let at = headBytes; at + 4 <= message.length;) {
		const length = message.readUInt16BE(at + 2);
		attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
		at += 4 + 4 * Math.ceil(length / 4);
	}
	const failure = attributes.get(types.error);
	return { error: failure ? (failure[2] ?? 0) * 100 + (failure[3] ?? 0) : null, attributes };
}
