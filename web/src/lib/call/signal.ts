import type { Socket } from 'socket.io-client';
import { CodedError, type Answer, type ErrorCode, type WireError } from '#shared/errors.ts';
import type {
	ClientToServer,
	Data,
	FactName,
	RequestName,
	Sent,
	ServerToClient,
	Told,
} from '#shared/protocol.ts';
import { protocolVersion } from '#shared/version.ts';
import { pageBuild, reloadOnce } from '../browser/build.ts';
import { loadPart } from '../browser/loadPart.ts';
import { serverError } from '../serverError.ts';
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

/** Ends what was asked for: a listener is told nothing more. */
export type Unlisten = () => void;

/** Asks the server. Throws a CodedError: the server's, or UNAVAILABLE where no answer came. */
export type Ask = <N extends RequestName>(name: N, input: Sent<N>) => Promise<Data<N>>;

/** For these no other try would do. */
const closedTo = new Set<ErrorCode>(['SUSPENDED', 'SIGN_IN_REQUIRED', 'CLIENT_TOO_OLD']);

/** How long an answer may take, in milliseconds. */
const patience = 10_000;

/**
 * The signalling connection: requests go up and are answered, facts come down. It returns by itself
 * when it was lost; requests that were under way then fail, and what to say again is up to the caller.
 */
export class Signal {
	readonly #watchers = new Set<Partial<SignalEvents>>();
	readonly #bindings = new Set<(socket: Socket) => void>();
	readonly #unanswered = new Set<(error: CodedError) => void>();
	readonly #backoff = new Backoff({ first: 250, factor: 1.6, most: 5000 });
	#socket: Socket<ServerToClient, ClientToServer> | null = null;
	#up = false;
	#renewed = false;
	/** Until somebody asks to be let in again. */
	#expelled = false;
	#opened = false;
	#closed = false;
	readonly served = true;

	constructor(events: Partial<SignalEvents> = {}) {
		this.watch(events);
	}

	get connected(): boolean {
		return this.#up;
	}

	/** Tells of the connection, in the order in which watchers came. Not of what it is now. */
	watch(events: Partial<SignalEvents>): Unlisten {
		this.#watchers.add(events);
		return () => void this.#watchers.delete(events);
	}

	/** Subscribes to a fact. */
	on<N extends FactName>(name: N, listener: (told: Told<N>) => void): Unlisten {
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
		if (this.#opened) return this.#hurry();
		this.#opened = true;
		let io;
		try {
			({ io } = await loadPart(() => import('socket.io-client')));
		} catch (error) {
			this.#opened = false;
			throw error;
		}
		if (this.#closed) return;
		// Returning is done here: Socket.IO's own way cannot be hurried when the network comes back.
		const socket: Socket<ServerToClient, ClientToServer> = io({
			transports: ['websocket', 'polling'],
			tryAllTransports: true,
			reconnection: false,
			autoConnect: false,
			timeout: 8000,
			auth: { protocol: protocolVersion, build: pageBuild() },
		});
		this.#socket = socket;
		for (const bind of this.#bindings) bind(socket);
		socket.on('session:ended', (error) => this.#onExpelled(serverError(error)));
		socket.on('connect', () => this.#onConnect());
		socket.on('disconnect', () => this.#onDisconnect());
		socket.on('connect_error', (error) => void this.#onRefused(error));
		window.addEventListener('online', this.#onOnline);
		document.addEventListener('visibilitychange', this.#onVisible);
		socket.connect();
	}

	readonly ask: Ask = <N extends RequestName>(name: N, input: Sent<N>) =>
		new Promise<Data<N>>((resolve, reject) => {
			const socket: Socket | null = this.#socket;
			if (!socket || !this.#up) {
				reject(new CodedError('UNAVAILABLE', 'The connection to the server is lost.'));
				return;
			}
			const fail = (error: CodedError): void => {
				clearTimeout(timer);
				this.#unanswered.delete(fail);
				reject(error);
			};
			const timer = setTimeout(() => fail(new CodedError('UNAVAILABLE')), patience);
			this.#unanswered.add(fail);
			socket.emit(name, input, (answer: Answer<Data<N>>) => {
				if (!this.#unanswered.delete(fail)) return;
				clearTimeout(timer);
				if (answer.ok) resolve(answer.data);
				else reject(serverError(answer.error));
			});
		});

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#backoff.cancel();
		window.removeEventListener('online', this.#onOnline);
		document.removeEventListener('visibilitychange', this.#onVisible);
		this.#up = false;
		this.#failUnanswered();
		this.#socket?.removeAllListeners();
		this.#socket?.disconnect();
	}

	#onConnect(): void {
		this.#up = true;
		this.#renewed = false;
		this.#backoff.reset();
		this.#tell(({ up }) => up?.());
	}

	#onDisconnect(): void {
		this.#up = false;
		this.#failUnanswered();
		this.#tell(({ down }) => down?.());
		if (!this.#expelled) this.#retry();
	}

	/** The server closes the connection after this, and will not let this client in again as it is. */
	#onExpelled(error: CodedError): void {
		this.#expelled = true;
		this.#tell(({ refused }) => refused?.(error));
	}

	async #onRefused(error: Error): Promise<void> {
		const refusal = refusalOf(error);
		if (refusal?.code === 'CLIENT_TOO_OLD' && reloadOnce()) return;
		if (refusal && closedTo.has(refusal.code)) return this.#onExpelled(serverError(refusal));
		if (refusal?.code !== 'UNAUTHENTICATED') return this.#onUnanswered();
		if (this.#renewed) {
			return this.#tell(({ refused }) => refused?.(new CodedError('UNAUTHENTICATED')));
		}
		this.#renewed = true;
		try {
			await fetch('/api/session');
		} catch {
			this.#renewed = false;
			return this.#onUnanswered();
		}
		this.#connect();
	}

	#tell(tell: (watcher: Partial<SignalEvents>) => void): void {
		for (const watcher of [...this.#watchers]) tell(watcher);
	}

	#onUnanswered(): void {
		this.#tell(({ unanswered }) => unanswered?.());
		this.#retry();
	}

	#retry(): void {
		if (!this.#closed) this.#backoff.schedule(() => this.#connect());
	}

	#connect(): void {
		if (!this.#closed && !this.#up) this.#socket?.connect();
	}

	#hurry(): void {
		this.#renewed = false;
		this.#expelled = false;
		this.#backoff.reset();
		this.#connect();
	}

	#failUnanswered(): void {
		for (const fail of [...this.#unanswered]) {
			fail(new CodedError('UNAVAILABLE', 'The connection to the server was lost.'));
		}
	}

	/** The network changed under a connection that may not have noticed: a new one is certain. */
	readonly #onOnline = (): void => {
		if (this.#up) this.#socket?.io.engine.close();
		if (this.#backoff.waiting) this.#hurry();
	};

	readonly #onVisible = (): void => {
		if (document.visibilityState === 'visible' && this.#backoff.waiting) this.#hurry();
	};
}

/** What a refused handshake carries, if it says why. */
function refusalOf(error: Error): WireError | null {
	const data: unknown = 'data' in error ? error.data : null;
	// Whatever else it is, it is none of those that are looked for.
	return typeof data === 'object' && data !== null && 'code' in data ? (data as WireError) : null;
}
