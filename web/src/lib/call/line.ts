import type { FactName, Told } from '#shared/protocol.ts';
import { Signal, type Ask, type SignalEvents, type Unlisten } from './signal.ts';

/** The one connection of the page, and whoever has a place on the server by it: a socket is in one room at a time. */
const shared = { signal: new Signal(), leave: null as (() => void) | null };

/**
 * A part of the page's connection for one of those who use it: the call, its chat, what rings. Closing it ends what
 * was listened to, and leaves the connection to the others.
 */
export class Line {
	readonly #signal = shared.signal;
	readonly #unlisten = new Set<Unlisten>();

	constructor(events: Partial<SignalEvents> = {}) {
		this.watch(events);
	}

	readonly served = true;
	/** Whether a call has its place by this connection. */
	static get occupied(): boolean {
		return shared.leave !== null;
	}

	get connected(): boolean {
		return this.#signal.connected;
	}

	readonly ask: Ask = (name, input) => this.#signal.ask(name, input);

	watch(events: Partial<SignalEvents>): Unlisten {
		return this.#keep(this.#signal.watch(events));
	}

	on<N extends FactName>(name: N, listener: (told: Told<N>) => void): Unlisten {
		return this.#keep(this.#signal.on(name, listener));
	}

	open(): Promise<void> {
		return this.#signal.open();
	}

	/** Takes the place on the server: whoever had it leaves first. */
	occupy(leave: () => void): void {
		if (shared.leave === leave) return;
		shared.leave?.();
		shared.leave = leave;
	}

	/** Gives the place up, if this one has it. */
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
