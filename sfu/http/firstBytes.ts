import type { Socket } from 'node:net';

/** How large the first message of media may be, in bytes. Browsers need about 120. */
const maxBytes = 600;
/** Bytes before the attributes of a message of STUN, and before the value of an attribute. */
const [headBytes, attributeBytes] = [20, 4];
/** What a binding request of STUN has behind the length of RFC 4571, by its place: its type, and the mark of STUN. */
const marks = new Map([
	[2, 0x00],
	[3, 0x01],
	[6, 0x21],
	[7, 0x12],
	[8, 0xa4],
	[9, 0x42],
]);

/**
 * What the first bytes of a connection say: it is for the pages, is media for the transport with this username fragment, is
 * neither, or more bytes have to come.
 */
export type FirstBytes =
	{ kind: 'pages' | 'neither' | 'unfinished' } | { kind: 'media'; fragment: string };

/**
 * Tells media from pages. TLS begins with 0x16 and HTTP with a letter. ICE over TCP begins with a length of two bytes (RFC 4571)
 * and a binding request of STUN, which names the transport.
 */
export function readFirst(bytes: Buffer): FirstBytes {
	if ((bytes[0] ?? 0) > maxBytes >> 8) return { kind: 'pages' };
	for (const [place, mark] of marks)
		if (place < bytes.length && bytes[place] !== mark) return { kind: 'neither' };
	if (bytes.length < 2) return { kind: 'unfinished' };
	const length = bytes.readUInt16BE(0);
	if (length < headBytes || length > maxBytes) return { kind: 'neither' };
	if (bytes.length < 2 + length) return { kind: 'unfinished' };
	const fragment = fragmentIn(bytes.subarray(2, 2 + length));
	return fragment === null ? { kind: 'neither' } : { kind: 'media', fragment };
}

/** The username fragment of the agent that a binding request is for; null if it names none. */
function fragmentIn(request: Buffer): string | null {
	if (request.readUInt16BE(2) !== request.length - headBytes) return null;
	let at = headBytes;
	while (at + attributeBytes <= request.length) {
		const size = request.readUInt16BE(at + 2);
		const value = request.subarray(at + attributeBytes, at + attributeBytes + size);
		if (value.length < size) return null;
		if (request.readUInt16BE(at) === 0x0006) return value.toString('latin1').split(':')[0] ?? null;
		at += attributeBytes + Math.ceil(size / 4) * 4;
	}
	return null;
}

/** Takes a connection with media. Tells whether there is a transport with this username fragment. */
export type TakesMedia = { lead(socket: Socket, fragment: string, bytes: Buffer): boolean };

/**
 * Looks at the first bytes of a connection, and passes it on. One that is neither of the pages nor media is closed.
 *
 * @param serve takes it if it is of the pages. The bytes can be read again.
 * @param timeout how long a first message may take, in ms. A connection that says nothing for this long is one of the pages.
 */
export function routeConnection(
	socket: Socket,
	serve: () => void,
	media: TakesMedia,
	timeout: number,
): void {
	let bytes: Buffer = Buffer.alloc(0);
	const settle = () => {
		clearTimeout(timer);
		socket.off('readable', look).off('close', settle).off('end', refuse);
	};
	const refuse = () => {
		settle();
		socket.destroy();
	};
	const toPages = () => {
		settle();
		if (bytes.length > 0) socket.unshift(bytes);
		serve();
	};
	const look = () => {
		const more = socket.read() as Buffer | null;
		if (more === null) return;
		bytes = bytes.length > 0 ? Buffer.concat([bytes, more]) : more;
		const first = readFirst(bytes);
		switch (first.kind) {
			case 'unfinished':
				return;
			case 'pages':
				toPages();
				return;
			case 'neither':
				refuse();
				return;
			case 'media':
				settle();
				if (!media.lead(socket, first.fragment, bytes)) socket.destroy();
		}
	};
	const timer = setTimeout(() => (bytes.length > 0 ? refuse() : toPages()), timeout);
	socket.on('readable', look).once('close', settle).once('end', refuse);
}
