import type { FactName, FactOf } from '#shared/protocol.ts';
import type { RoomBorder } from './serverConnection.ts';
import { SignalClient, type Ask, type SignalEvents, type Unlisten } from './signalClient.ts';

/** The one connection of the page. `leave` ends the feature that holds its place: a socket is in one room at a time. */
const shared = { client: new SignalClient(), leave: null as (() => void) | null };

/**
 * One feature's share of the page's connection: the call, its chat, the rings. Closing it ends its subscriptions, and
 * leaves the connection to the other features.
 */
export class SharedConnection {
	readonly #client = shared.client;
	readonly #unlisten = new Set<Unlisten>();

	constructor(events: Partial<SignalEvents> = {}) {
		this.watch(events);
	}

	readonly served = true;
	/** Set once it is known that the room is encrypted, before any word of it goes over the connection. */
	border: RoomBorder | null = null;
	/** Whether a call has its place by this connection. */
	static get occupied(): boolean {
		return shared.leave !== null;
	}

	get connected(): boolean {
		return this.#client.connected;
	}

	get transport(): 'websocket' | 'polling' | null {
		return this.#client.transport;
	}

	readonly ask: Ask = (name, input) =>
		this.border?.ask(this.#client.ask, name, input) ?? this.#client.ask(name, input);

	watch(events: Partial<SignalEvents>): Unlisten {
		return this.#keep(this.#client.watch(events));
	}

	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): Unlisten {
		const hear = (data: FactOf<N>) =>
			this.border ? this.border.hear<N>(data, listener) : listener(data);
		return this.#keep(this.#client.on(name, hear));
	}

	open(): Promise<void> {
		return this.#client.open();
	}

	renew(): void {
		this.#client.renew();
	}

	/** Takes the place of this connection. The feature that held it leaves first. */
	occupy(leave: () => void): void {
		if (shared.leave === leave) return;
		shared.leave?.();
		shared.leave = leave;
	}

	/** Gives the place up, if this feature holds it. */
	vacate(leave: () => void): void {
		if (shared.leave === leave) shared.leave = null;
	}

	close(): void {
		for (const unlisten of this.#unlisten) unlisten();
		this.#unlisten.clear();
	}

	#keep(unlisten: Unlisten): Unlisten {
		const end = () => {
			this.#unlisten.delete(end);
			unlisten();
		};
		this.#unlisten.add(end);
		return end;
	}
}
