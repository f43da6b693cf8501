import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** How long a connection may take, in ms. */
const connectTimeout = 5_000;
/** How often a request is sent again over UDP, in ms. */
const again = 500;

export type TurnAddress = {
	host: string;
	port: number;
	transport: 'udp' | 'tcp' | 'tls' | 'dtls';
};

/** What carries messages to a TURN server. */
export type TurnLine = {
	send(message: Buffer): void;
	/** Is given what comes, whole messages or pieces of them. */
	onBytes(take: (bytes: Buffer) => void): void;
	close(): void;
};

/** A line over a connection that is open. */
export function streamLine(socket: Socket): TurnLine {
	// A server that is gone does not answer: its silence tells that already.
	socket.on('error', () => undefined);
	return {
		send: (message) => socket.write(message),
		onBytes: (take) => socket.on('data', take),
		close: () => socket.destroy(),
	};
}

/** Connects by UDP, TCP or TLS. Rejects where there is no connection, or the certificate is not trusted. */
export async function lineTo(to: TurnAddress): Promise<TurnLine> {
	const { host, port, transport } = to;
	if (transport === 'udp') return udpLine(to);
	const { promise, resolve, reject } = Promise.withResolvers<TurnLine>();
	const isNamed = isIP(host) === 0;
	const socket: Socket =
		transport === 'tcp'
			? connectTcp({ host, port }, () => resolve(streamLine(socket)))
			: connectTls({ host, port, ...(isNamed && { servername: host }) }, () =>
					resolve(streamLine(socket)),
				);
	const timer = setTimeout(
		() => socket.destroy(new Error(`not within ${connectTimeout / 1000} s`)),
		connectTimeout,
	);
	socket.on('error', reject);
	return promise.finally(() => clearTimeout(timer));
}

/** The last message is sent again until something comes. */
async function udpLine({ host, port }: TurnAddress): Promise<TurnLine> {
	const { address, family } = await lookup(host);
	const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
	socket.on('error', () => undefined);
	let sending: NodeJS.Timeout | undefined;
	socket.on('message', () => clearInterval(sending));
	return {
		send: (message) => {
			clearInterval(sending);
			// A failure is an answer that does not come.
			const send = () => socket.send(message, port, address, () => undefined);
			sending = setInterval(send, again);
			send();
		},
		onBytes: (take) => socket.on('message', take),
		close: () => {
			clearInterval(sending);
			socket.close();
		},
	};
}
