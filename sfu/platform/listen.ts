import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { StartError } from './startError.ts';

/**
 * Starts to listen. Resolves with the port.
 *
 * @param section of the configuration that holds the address.
 * @throws {StartError} naming the setting that prevents it.
 */
export function listen(
	server: Server,
	{ port, address }: { port: number; address: string },
	section: 'http' | 'http.acme' | 'metrics' | 'node',
): Promise<number> {
	watchConnections(server);
	return new Promise((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const reasons: Record<string, string> = {
				EADDRINUSE: `${section}.port: port ${port} is taken by another program. Stop it, or set ${section}.port to another one.`,
				EACCES: `${section}.port: port ${port} needs more rights. Set ${section}.port to one above 1023.`,
				EADDRNOTAVAIL: `${section}.address: this machine has no address ${address}.`,
			};
			reject(
				new StartError(reasons[error.code ?? ''] ?? `${section}.port ${port}: ${error.message}.`),
			);
		});
		server.listen({ port, ...(address && { host: address }) }, () => {
			resolve((server.address() as AddressInfo).port);
		});
	});
}

/** The connections of a server, including those that no longer speak HTTP, such as WebSockets. */
const connections = new WeakMap<Server, Set<Socket>>();

function watchConnections(server: Server): void {
	const open = new Set<Socket>();
	connections.set(server, open);
	server.on('connection', (socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	});
}

/** How long running requests may take when the service closes, in ms. */
const closingGrace = 1_000;

/**
 * Cuts the connections that keep a server from closing. Without it a half-sent request or answer would delay a restart
 * for too long.
 *
 * @param closing resolves when the server has closed.
 */
export async function cutConnections(server: Server, closing: Promise<void>): Promise<void> {
	const cut = () => {
		for (const socket of connections.get(server) ?? []) socket.destroy();
	};
	const timer = setTimeout(cut, closingGrace);
	try {
		await closing;
	} finally {
		clearTimeout(timer);
		cut();
	}
}

/** The arguments of the listeners of a server. */
type ListenerArguments = {
	connection: [Socket];
	request: [IncomingMessage, ServerResponse];
	upgrade: [IncomingMessage, Duplex, Buffer];
};

/** Takes the listeners of an event away. What it gives back calls them. */
export function takeOver<E extends keyof ListenerArguments>(
	server: Server,
	event: E,
): (...args: ListenerArguments[E]) => void {
	const listeners = server.listeners(event);
	server.removeAllListeners(event);
	return (...args) => {
		for (const listener of listeners) Reflect.apply(listener, server, args);
	};
}
