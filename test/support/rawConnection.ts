import { Manager } from 'socket.io-client';
import { guestCookie } from './client.ts';
import type { Service } from './service.ts';

/** A connection on which frames of Socket.IO are written by hand. It says nothing of itself until told to. */
export class RawConnection {
	/** What came, without the type of Engine.IO. */
	readonly messages: string[] = [];
	/** Resolves when the connection is closed, by whom ever. */
	readonly closed: Promise<void>;
	readonly #manager: Manager;
	#assure: NodeJS.Timeout | undefined;

	private constructor(manager: Manager) {
		this.#manager = manager;
		manager.engine.on('message', (message: unknown) => this.messages.push(String(message)));
		this.closed = new Promise((resolve) => manager.once('close', () => resolve()));
	}

	/** @param transport how it connects. */
	static async open(
		service: Pick<Service, 'url'>,
		{
			cookie,
			transport = 'websocket',
		}: { cookie?: string; transport?: 'websocket' | 'polling' } = {},
	): Promise<RawConnection> {
		const headers = { cookie: cookie ?? (await guestCookie(service.url)) };
		const manager = new Manager(service.url, {
			...{ transports: [transport], reconnection: false, autoConnect: false },
			extraHeaders: headers,
		});
		// Frames that are no Socket.IO are for the test, not for the client's parser.
		const opened = new Promise<void>((resolve, reject) =>
			manager.open((error) => (error ? reject(error) : resolve())),
		);
		await opened;
		return new RawConnection(manager);
	}

	/** Like `open`, and let in as the guest that the cookie is of. */
	static async enter(
		service: Pick<Service, 'url'>,
		options: Parameters<typeof RawConnection.open>[1] = {},
	): Promise<RawConnection> {
		const connection = await RawConnection.open(service, options);
		connection.write('0');
		await connection.until((message) => message.startsWith('0{'));
		return connection;
	}

	/** Writes a message: a packet of Socket.IO, or what is none. */
	write(message: string | Buffer): void {
		this.#manager.engine.write(message);
	}

	/** The first message that fits, of those that came and those to come. */
	async until(fits: (message: string) => boolean): Promise<string> {
		const end = Date.now() + 10_000;
		for (;;) {
			const found = this.messages.find(fits);
			if (found !== undefined) return found;
			if (Date.now() > end)
				throw new Error(`it did not come; what came: ${this.messages.join('\n')}`);
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
	}

	/** Reads nothing from now on, and says again and again that it is there. A WebSocket alone can. */
	deafen(): void {
		const { _socket: socket, send } = this.#webSocket;
		socket?.pause();
		this.#assure = setInterval(() => send?.call(this.#webSocket, '3'), 100);
	}

	close(): void {
		clearInterval(this.#assure);
		this.#webSocket._socket?.resume();
		this.#manager.engine.close();
	}

	get #webSocket(): WebSocketOfNode {
		const { ws } = this.#manager.engine.transport as unknown as { ws?: WebSocketOfNode };
		return ws ?? {};
	}
}

/** What is needed of a WebSocket under Engine.IO in Node. */
type WebSocketOfNode = {
	_socket?: { pause(): void; resume(): void };
	send?: (text: string) => void;
};
