import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, ServerToClient } from '#shared/protocol.ts';
import { protocolVersion } from '#shared/version.ts';
import { addressOf, pathOf } from '#lib/browser/ownPaths.ts';
import { pageBuild } from './build.ts';
import { placeOfPage } from './place.ts';

const key = 'parley:web-sockets';

/** Whether WebSockets hang on the way from this browser: pages before this one may have found out. */
let isHanging = false;

/** By what the connection is made, in this order. It goes from polling to a WebSocket as soon as one works. */
function transports(): ('websocket' | 'polling')[] {
	try {
		isHanging ||= localStorage.getItem(key) !== null;
	} catch {
		// Storage is blocked.
	}
	return isHanging ? ['polling', 'websocket'] : ['websocket', 'polling'];
}

/** A socket that is not connected yet. It never connects by itself: that could not be hurried when the network comes back. */
export const newSocket = (): Socket<ServerToClient, ClientToServer> =>
	io({
		path: addressOf('/socket.io/'),
		transports: transports(),
		tryAllTransports: true,
		reconnection: false,
		autoConnect: false,
		timeout: 8000,
		auth: {
			protocol: protocolVersion,
			build: pageBuild(),
			page: location.search,
		},
		query: { place: placeOfPage(pathOf(location.pathname)) ?? '' },
	});

/**
 * Where nothing comes and nothing fails, something on the way holds WebSockets back. From then on the connection begins
 * without one, in later pages too.
 */
export function onHanging(socket: Socket<ServerToClient, ClientToServer>): void {
	socket.on('connect_error', ({ message }) => {
		if (message !== 'timeout') return;
		isHanging = true;
		try {
			localStorage.setItem(key, 'hang');
		} catch {
			// Later pages find out by themselves.
		}
		socket.io.opts.transports = transports();
	});
}
