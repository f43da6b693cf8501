import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, ServerToClient } from '#shared/protocol.ts';
import { protocolVersion } from '#shared/version.ts';
import { askServer } from '#lib/browser/askServer.ts';
import { addressOf, pathOf } from '#lib/browser/ownPaths.ts';
import { pageBuild } from './build.ts';
import { placeOfPage } from './place.ts';

const key = 'parley:web-sockets';

/** How long an attempt to connect may take, in ms. */
const attemptTimeout = 8000;
/**
 * After a loss the line may be away altogether. Attempts are given up sooner then, for TCP tries again after 1, 2, 4 and 8 s, and
 * the line may be back before. Not much sooner: Chromium delays WebSockets by up to 5 s where many failed. In ms, and how many.
 */
const away = { timeout: 4000, attempts: 25 } as const;

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
		timeout: attemptTimeout,
		auth: {
			protocol: protocolVersion,
			build: pageBuild(),
			page: location.search,
		},
		query: { place: placeOfPage(pathOf(location.pathname)) ?? '' },
	});

/** Remembers whether WebSockets hang, in later pages too. */
function noteHanging(hanging: boolean, socket: Socket<ServerToClient, ClientToServer>): void {
	if (hanging === isHanging) return;
	isHanging = hanging;
	try {
		if (hanging) localStorage.setItem(key, 'hang');
		else localStorage.removeItem(key);
	} catch {
		// Later pages find out by themselves.
	}
	socket.io.opts.transports = transports();
}

/**
 * Follows how attempts end. Where they hang, without failing, and the server answers otherwise, something on the way holds
 * WebSockets back: from then on the connection begins without one, until one works. Where nothing else is answered, the line is
 * away.
 *
 * @returns whether the line is away, so that the next attempt is to follow soon.
 */
export function followAttempts(socket: Socket<ServerToClient, ClientToServer>): () => boolean {
	/** How many attempts have hung since the last connection. */
	let hung = 0;
	/** Whether the server answers otherwise. The page itself has just come from there. */
	let isAnswering = true;
	const isAway = () => hung > 0 && hung < away.attempts && !isHanging;
	const askOtherwise = async () => {
		isAnswering = false;
		isAnswering = (await askServer(AbortSignal.timeout(away.timeout))) !== null;
	};
	socket.on('connect', () => {
		[hung, isAnswering] = [0, false];
		socket.io.timeout(away.timeout);
		socket.io.engine.once('upgrade', () => noteHanging(false, socket));
	});
	socket.on('connect_error', ({ message }) => {
		if (message !== 'timeout') return;
		if (isAnswering) noteHanging(true, socket);
		else {
			hung++;
			void askOtherwise();
		}
		socket.io.timeout(isAway() ? away.timeout : attemptTimeout);
	});
	return isAway;
}
