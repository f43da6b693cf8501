import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What of the answers is remembered, in characters: enough for what tests look for. */
const remembered = 256 * 1024;

/** A TCP connection on which anything can be said, from an address of loopback of one's choice. */
export class Wire {
	readonly #socket: Socket;
	readonly #watchers = new Set<() => void>();
	#heard = '';
	#closed = false;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.on('data', (bytes) => {
			if (this.#heard.length < remembered) this.#heard += bytes.toString('latin1');
			this.#look();
		});
		// How a connection ends is the service's choice; that it has ended is all that counts.
		socket.on('error', () => undefined);
		socket.on('close', () => {
			this.#closed = true;
			this.#look();
		});
	}

	/** @param from the address that the service sees, such as 127.1.0.1. */
	static open(url: string, from: string): Promise<Wire> {
		const { hostname, port } = new URL(url);
		return new Promise((resolve, reject) => {
			const socket = connect({ host: hostname, port: Number(port), localAddress: from });
			socket.once('error', reject);
			socket.once('connect', () => {
				socket.off('error', reject);
				resolve(new Wire(socket));
			});
		});
	}

	/** What came so far, one character for each byte. */
	get heard(): string {
		return this.#heard;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** Says it, if the connection is there still. */
	send(what: string | Buffer): void {
		if (!this.#closed && this.#socket.writable) this.#socket.write(what);
	}

	/** Reads nothing from now on. */
	deafen(): void {
		this.#socket.pause();
	}

	/** Waits until `holds` is true, the connection is closed, or the time (in ms) is up. Tells whether it was true. */
	until(holds: (heard: string) => boolean, ms: number): Promise<boolean> {
		return new Promise((resolve) => {
			const settle = () => {
				clearTimeout(timer);
				this.#watchers.delete(watch);
				resolve(holds(this.#heard));
			};
			const watch = () => {
				if (this.#closed || holds(this.#heard)) settle();
			};
			const timer = setTimeout(settle, ms);
			this.#watchers.add(watch);
			watch();
		});
	}

	/** Ends the connection in order. */
	close(): void {
		this.#socket.end();
		this.#socket.destroy();
	}

	/** Breaks the connection off, as a machine does that is gone. */
	reset(): void {
		this.#socket.resetAndDestroy();
	}

	#look(): void {
		for (const watch of this.#watchers) watch();
	}
}

/** A header as it is sent. Names may come twice. */
export type Header = readonly [name: string, value: string];

/** The bytes of a request. Nothing is added and nothing is checked. */
export const requestBytes = (
	method: string,
	path: string,
	headers: readonly Header[],
	body = '',
): Buffer => {
	const head = [
		`${method} ${path} HTTP/1.1`,
		...headers.map(([name, value]) => `${name}: ${value}`),
	];
	return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
};

/** Asks over a connection of its own that ends with the answer: the status, the head and the body. */
export async function askOnce(
	url: string,
	from: string,
	{ method = 'GET', path = '/', headers = [] as readonly Header[], body = '' },
	patience = 5_000,
): Promise<{ status: number; head: string; body: string }> {
	const wire = await Wire.open(url, from);
	const own: Header[] = [
		['Host', new URL(url).host],
		['Connection', 'close'],
	];
	if (body) own.push(['Content-Length', `${Buffer.byteLength(body)}`]);
	wire.send(requestBytes(method, path, [...own, ...headers], body));
	await wire.until(() => false, patience);
	wire.close();
	const [head = '', ...rest] = wire.heard.split('\r\n\r\n');
	return {
		status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0),
		head,
		body: rest.join('\r\n\r\n'),
	};
}

/** A guest's cookie, for somebody at this address. Empty where none is given. */
export async function cookieFrom(url: string, from: string): Promise<string> {
	const { head } = await askOnce(url, from, { path: '/api/session' });
	return /^set-cookie: ([^;\r\n]*)/im.exec(head)?.[1] ?? '';
}

/** How a frame of WebSocket may be wrong. */
export type FrameFaults = {
	/** 0 to 15; 1 is text, 2 binary, 8 close, 9 ping, 10 pong. */
	opcode: number;
	final?: boolean;
	masked?: boolean;
	/** The bits that are for extensions, 0 to 7. */
	reserved?: number;
	/** The length that is told, if it is another one than that of the content. */
	told?: number;
};

/** One frame of WebSocket, as a client sends it unless told otherwise. */
export function frame(
	content: string | Buffer,
	{ opcode, final = true, masked = true, reserved = 0, told }: FrameFaults = { opcode: 1 },
): Buffer {
	const payload = Buffer.from(content);
	const length = told ?? payload.length;
	const first = (final ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 15);
	const bit = masked ? 0x80 : 0;
	let head: Buffer;
	if (length < 126) head = Buffer.from([first, bit | length]);
	else if (length < 65_536) {
		head = Buffer.from([first, bit | 126, 0, 0]);
		head.writeUInt16BE(length, 2);
	} else {
		head = Buffer.from([first, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
		head.writeBigUInt64BE(BigInt(length), 2);
	}
	if (!masked) return Buffer.concat([head, payload]);
	const mask = randomBytes(4);
	const covered = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
	return Buffer.concat([head, mask, covered]);
}

/** Asks for a WebSocket of Engine.IO; tells whether it was given. */
export async function upgrade(wire: Wire, url: string, query: string, headers: readonly Header[]) {
	wire.send(
		requestBytes('GET', `/socket.io/?${query}`, [
			['Host', new URL(url).host],
			['Connection', 'Upgrade'],
			['Upgrade', 'websocket'],
			['Sec-WebSocket-Version', '13'],
			['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
			...headers,
		]),
	);
	return wire.until((heard) => heard.includes('101 Switching Protocols'), 3_000);
}
