import type { Socket } from 'socket.io-client';
import { CodedError, type Answer, type ErrorCode, type WireError } from '#shared/errors.ts';
import type {
	ClientToServer,
	Data,
	FactName,
	RequestName,
	Sent,
	ServerToClient,
	FactOf,
} from '#shared/protocol.ts';
import { reloadOnce } from './build.ts';
import { placeOfRequest } from './place.ts';
import { addressOf } from '#lib/browser/ownPaths.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import { serverError } from './serverError.ts';
import { sessionTurn } from './sessionTurn.ts';
import { Backoff } from './backoff.ts';

export type SignalEvents = {
	/** Connected, for the first time or again. The server knows nothing of this socket yet. */
	up: () => void;
	/** The connection is lost. It is being made again. */
	down: () => void;
	/** The server did not answer. It is tried again. */
	unanswered: () => void;
	/** The server does not let this client in; nothing more is tried. */
	refused: (error: CodedError) => void;
};

/** Ends a subscription. */
export type Unlisten = () => void;

/** Sends a request to the server. Throws a CodedError: that of the server, or UNAVAILABLE if no answer came. */
export type Ask = <N extends RequestName>(name: N, input: Sent<N>) => Promise<Data<N>>;

/** For these no other try would do. Too many tabs are one of them until this page was let in. */
const finalCodes = new Set<ErrorCode>([
	'SUSPENDED',
	'SIGN_IN_REQUIRED',
	'CLIENT_TOO_OLD',
	'TOO_MANY_TABS',
]);

/** How long an answer may take, in milliseconds. */
const answerTimeout = 10_000;
/** A client that was sent to another node within this time before, in milliseconds, waits before it goes to the next. */
const moveTime = 2_000;

/** The connection itself. `renewed`: the session was requested again since the last connection. */
type LinkState =
	| { kind: 'unopened' | 'loading' | 'closed' }
	| { kind: 'connecting' | 'waiting'; renewed: boolean }
	/** `ending`: the server closes it in a moment, and will not let this client in again as it is. */
	| { kind: 'up'; ending: boolean }
	/** Until it is opened again. */
	| { kind: 'refused' };

/**
 * The signalling connection: requests go up and are answered, facts come down. It returns by itself
 * when it was lost; requests that were under way then fail, and what to say again is up to the caller.
 */
export class SignalClient {
	readonly #watchers = new Set<Partial<SignalEvents>>();
	readonly #bindings = new Set<(socket: Socket) => void>();
	readonly #unanswered = new Set<(error: CodedError) => void>();
	readonly #backoff = new Backoff({ first: 250, factor: 1.6, most: 5000 });
	#socket: Socket<ServerToClient, ClientToServer> | null = null;
	#link: LinkState = { kind: 'unopened' };
	/** Whether nothing comes on the line at all, as far as attempts to connect tell. */
	#isLineAway: () => boolean = () => false;
	/** When the client was sent to another node, in milliseconds since the page began; `moving` until it is not connected any more. */
	#moved = { at: -moveTime, moving: false };
	readonly served = true;

	constructor(events: Partial<SignalEvents> = {}) {
		this.watch(events);
	}

	get connected(): boolean {
		return this.#link.kind === 'up';
	}

	/** The transport of the connection; null while there is none. */
	get transport(): 'websocket' | 'polling' | null {
		if (!this.connected) return null;
		return this.#socket?.io.engine.transport.name === 'websocket' ? 'websocket' : 'polling';
	}

	/**
	 * Reports changes of the connection to the watchers, in the order in which they came. The present state is not
	 * reported.
	 */
	watch(events: Partial<SignalEvents>): Unlisten {
		this.#watchers.add(events);
		return () => void this.#watchers.delete(events);
	}

	/** Subscribes to a fact. */
	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): Unlisten {
		// Socket.IO's own types cannot follow a name that is not known yet, its untyped face can.
		const bind = (socket: Socket) => void socket.on<string>(name, listener);
		this.#bindings.add(bind);
		const socket: Socket | null = this.#socket;
		if (socket) bind(socket);
		return () => {
			this.#bindings.delete(bind);
			const bound: Socket | null = this.#socket;
			bound?.off<string>(name, listener);
		};
	}

	/**
	 * Loads the client and connects; again, connects at once if it is not connected, also after it was
	 * refused. Throws where the code cannot be loaded.
	 */
	async open(): Promise<void> {
		if (this.#link.kind !== 'unopened') return this.#connectNow();
		this.#link = { kind: 'loading' };
		let code;
		try {
			code = await loadPart(() => import('./socket.ts'));
		} catch (error) {
			if (!this.#isClosed) this.#link = { kind: 'unopened' };
			throw error;
		}
		if (this.#isClosed) return;
		const socket = code.newSocket();
		this.#socket = socket;
		this.#isLineAway = code.followAttempts(socket);
		for (const bind of this.#bindings) bind(socket);
		socket.on('session:ended', (error) => this.#onExpelled(serverError(error)));
		socket.on('connect', () => this.#onConnect());
		socket.on('disconnect', () => this.#onDisconnect());
		socket.on('connect_error', (error) => void this.#onRefused(error));
		window.addEventListener('online', this.renew);
		document.addEventListener('visibilitychange', this.#onVisible);
		this.#connect(false);
	}

	readonly ask: Ask = <N extends RequestName>(name: N, input: Sent<N>) =>
		new Promise<Data<N>>((resolve, reject) => {
			const socket: Socket | null = this.#socket;
			if (!socket || !this.connected) {
				reject(new CodedError('UNAVAILABLE', 'The connection to the server is lost.'));
				return;
			}
			const fail = (error: CodedError): void => {
				clearTimeout(timer);
				this.#unanswered.delete(fail);
				reject(error);
			};
			const timer = setTimeout(() => fail(new CodedError('UNAVAILABLE')), answerTimeout);
			this.#unanswered.add(fail);
			socket.emit(name, input, (answer: Answer<Data<N>>) => {
				if (!this.#unanswered.delete(fail)) return;
				clearTimeout(timer);
				if (answer.ok) resolve(answer.data);
				else if (answer.error.code === 'ELSEWHERE') {
					// A request that is sent again reaches the node that has it.
					reject(new CodedError('UNAVAILABLE'));
					this.#moveTo(placeOfRequest(input));
				} else reject(serverError(answer.error));
			});
		});

	close(): void {
		if (this.#isClosed) return;
		this.#link = { kind: 'closed' };
		this.#backoff.cancel();
		window.removeEventListener('online', this.renew);
		document.removeEventListener('visibilitychange', this.#onVisible);
		this.#failUnanswered();
		this.#socket?.removeAllListeners();
		this.#socket?.disconnect();
	}

	/** Connects again, to the node that has this place. */
	#moveTo(place: string): void {
		const socket = this.#socket;
		if (!socket || !this.connected) return;
		this.#moved.moving = true;
		socket.io.opts.query = { place };
		socket.io.engine.close();
	}

	get #isClosed(): boolean {
		return this.#link.kind === 'closed';
	}

	#onConnect(): void {
		this.#link = { kind: 'up', ending: false };
		// When it comes back, its old socket may count until the server notices the end.
		finalCodes.delete('TOO_MANY_TABS');
		this.#backoff.reset();
		this.#tell(({ up }) => up?.());
	}

	#onDisconnect(): void {
		const ending = this.#link.kind === 'up' && this.#link.ending;
		this.#link = ending ? { kind: 'refused' } : { kind: 'waiting', renewed: false };
		this.#failUnanswered();
		this.#tell(({ down }) => down?.());
		if (this.#link.kind === 'waiting') this.#retry(false);
		if (!this.#moved.moving) return;
		const { at } = this.#moved;
		this.#moved = { at: performance.now(), moving: false };
		if (this.#moved.at - at > moveTime) this.#connectNow();
	}

	/** The server put this client out, and will not let it in again as it is. */
	#onExpelled(error: CodedError): void {
		this.#link = this.connected ? { kind: 'up', ending: true } : { kind: 'refused' };
		this.#tell(({ refused }) => refused?.(error));
	}

	async #onRefused(error: Error): Promise<void> {
		const renewed = this.#link.kind === 'connecting' && this.#link.renewed;
		const refusal = refusalOf(error);
		if (refusal?.code === 'CLIENT_TOO_OLD' && reloadOnce()) return;
		if (refusal && finalCodes.has(refusal.code)) return this.#onExpelled(serverError(refusal));
		if (refusal?.code !== 'UNAUTHENTICATED') return this.#onUnanswered(renewed);
		if (renewed) return this.#onExpelled(new CodedError('UNAUTHENTICATED'));
		try {
			await sessionTurn(() => fetch(addressOf('/api/session')));
		} catch {
			return this.#onUnanswered(false);
		}
		this.#connect(true);
	}

	#tell(tell: (watcher: Partial<SignalEvents>) => void): void {
		for (const watcher of [...this.#watchers]) tell(watcher);
	}

	#onUnanswered(renewed: boolean): void {
		this.#tell(({ unanswered }) => unanswered?.());
		this.#retry(renewed);
	}

	#retry(renewed: boolean): void {
		if (this.#isClosed) return;
		this.#link = { kind: 'waiting', renewed };
		if (this.#isLineAway()) this.#backoff.reset();
		this.#backoff.schedule(() => this.#connect(renewed));
	}

	#connect(renewed: boolean): void {
		if (this.#isClosed || this.connected || !this.#socket) return;
		this.#link = { kind: 'connecting', renewed };
		this.#socket.connect();
	}

	#connectNow(): void {
		if (this.connected) this.#link = { kind: 'up', ending: false };
		this.#backoff.reset();
		this.#connect(false);
	}

	#failUnanswered(): void {
		for (const fail of [...this.#unanswered]) {
			fail(new CodedError('UNAVAILABLE', 'Lost connection to the server.'));
		}
	}

	/** The network changed under a connection that may not have noticed: a new one is certain. */
	readonly renew = (): void => {
		if (this.connected) this.#socket?.io.engine.close();
		if (this.#link.kind === 'waiting') this.#connectNow();
	};

	readonly #onVisible = (): void => {
		if (document.visibilityState === 'visible' && this.#link.kind === 'waiting') this.#connectNow();
	};
}

/** What a refused handshake carries, if it says why. */
function refusalOf(error: Error): WireError | null {
	const data: unknown = 'data' in error ? error.data : null;
	// The object has a code. Nothing else of it is relied on.
	return typeof data === 'object' && data !== null && 'code' in data ? (data as WireError) : null;
}
