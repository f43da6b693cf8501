import { io, type Socket } from 'socket.io-client';
import { CodedError, type Answer } from '../../shared/errors.ts';
import type { FactName, RequestName, Sent, Data, FactOf } from '../../shared/protocol.ts';
import type { Ask, SignalEvents } from '../../web/src/lib/connection/signalClient.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import { guestCookie } from './client.ts';
import type { Service } from './service.ts';

/** A link over real sockets that is lost and comes back when the test says so. */
export class ChatLink implements ServerConnection {
	readonly served = true;
	readonly #service: Pick<Service, 'url'>;
	readonly cookie: string;
	readonly #watchers = new Set<Partial<SignalEvents>>();
	readonly #listeners = new Map<string, Set<(told: never) => void>>();
	readonly #unanswered = new Set<(error: CodedError) => void>();
	/** Names of what was asked. */
	readonly asked: RequestName[] = [];
	#socket: Socket | null = null;
	#up = false;

	private constructor(service: Pick<Service, 'url'>, cookie: string) {
		this.#service = service;
		this.cookie = cookie;
	}

	/** For a new guest, or the person that the cookie belongs to. Not connected yet. */
	static async for(service: Pick<Service, 'url'>, cookie?: string): Promise<ChatLink> {
		return new ChatLink(service, cookie ?? (await guestCookie(service.url)));
	}

	get connected(): boolean {
		return this.#up;
	}

	async open(): Promise<void> {
		if (this.#up) return;
		const socket: Socket = io(this.#service.url, {
			transports: ['websocket'],
			forceNew: true,
			reconnection: false,
			extraHeaders: { cookie: this.cookie },
		});
		this.#socket = socket;
		socket.onAny((name: string, told: unknown) => {
			for (const listener of this.#listeners.get(name) ?? []) listener(told as never);
		});
		await new Promise<void>((resolve, reject) => {
			socket.once('connect', resolve);
			socket.once('connect_error', reject);
		});
		this.#up = true;
		for (const { up } of [...this.#watchers]) up?.();
	}

	renew(): void {
		this.lose();
		void this.open();
	}

	/** The connection is gone in the middle of everything. What was said last may have arrived. */
	lose(): void {
		this.#up = false;
		this.#socket?.io.engine.close();
		this.#socket?.offAny();
		for (const fail of [...this.#unanswered]) fail(new CodedError('UNAVAILABLE'));
		for (const { down } of [...this.#watchers]) down?.();
	}

	readonly ask: Ask = <N extends RequestName>(name: N, input: Sent<N>) =>
		new Promise<Data<N>>((resolve, reject) => {
			if (!this.#socket || !this.#up) return reject(new CodedError('UNAVAILABLE'));
			this.asked.push(name);
			const fail = (error: CodedError) => {
				this.#unanswered.delete(fail);
				reject(error);
			};
			this.#unanswered.add(fail);
			this.#socket.emit(name, input, (answer: Answer<Data<N>>) => {
				if (!this.#unanswered.delete(fail)) return;
				if (answer.ok) resolve(answer.data);
				else reject(CodedError.fromWire(answer.error));
			});
		});

	watch(events: Partial<SignalEvents>): () => void {
		this.#watchers.add(events);
		return () => void this.#watchers.delete(events);
	}

	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): () => void {
		const listeners = this.#listeners.get(name) ?? new Set();
		this.#listeners.set(name, listeners);
		listeners.add(listener);
		return () => void listeners.delete(listener);
	}

	close(): void {
		this.#up = false;
		this.#socket?.disconnect();
	}
}
