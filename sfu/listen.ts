import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartError } from './startError.ts';

/**
 * Starts to listen. Resolves with the port.
 *
 * @param section of the configuration that holds the address.
 * @throws {StartError} naming the setting that is in the way.
 */
export function listen(
	server: Server,
	{ port, address }: { port: number; address: string },
	section: 'http' | 'metrics',
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

/** The connections of a server, also those that are no HTTP any more, such as WebSockets. */
const connections = new WeakMap<Server, Set<Socket>>();

function watchConnections(server: Server): void {
	const open = new Set<Socket>();
	connections.set(server, open);
	server.on('connection', (socket) => {
		open.add(socket);
		socket.once('close', () => open.delete(socket));
	});
}

/** How long requests that are under way may take when the service ends, in ms. */
const parting = 1_000;

/**
 * Cuts the connections that keep a server from closing: one by which something is half asked or half answered would be waited
 * for longer than anybody waits for a restart.
 *
 * @param closing resolves when the server has closed.
 */
export async function cutConnections(server: Server, closing: Promise<void>): Promise<void> {
	const cut = () => {
		for (const socket of connections.get(server) ?? []) socket.destroy();
	};
	const timer = setTimeout(cut, parting);
	try {
		await closing;
	} finally {
		clearTimeout(timer);
		cut();
	}
}
