import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import {
	requests,
	type Data,
	type FactName,
	type Parsed,
	type RequestName,
	type Sent,
	type FactOf,
} from '#shared/protocol.ts';
import type { Ask, Unlisten } from '#lib/connection/signalClient.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';

type Handler<N extends RequestName> = (input: Parsed<N>) => Data<N>;
/** The handlers of requests. A handler refuses with a CodedError. */
export type Handlers = { readonly [N in RequestName]?: Handler<N> };
type Listeners = { [N in FactName]?: Set<(told: FactOf<N>) => void> };

/** A connection to something within the page that answers in the server's place. It is never lost. */
export class DemoServer implements ServerConnection {
	readonly connected = true;
	readonly served = false;
	readonly #listeners: Listeners = {};
	#handlers: Handlers = {};

	/** From now on these requests are answered too. */
	answer(handlers: Handlers): void {
		this.#handlers = { ...this.#handlers, ...handlers };
	}

	/** Passes a fact to all listeners. */
	tell<N extends FactName>(name: N, told: FactOf<N>): void {
		const listeners: Set<(told: FactOf<N>) => void> | undefined = this.#listeners[name];
		for (const listener of [...(listeners ?? [])]) listener(told);
	}

	readonly ask: Ask = async <N extends RequestName>(name: N, input: Sent<N>): Promise<Data<N>> => {
		// An answer never comes synchronously.
		await Promise.resolve();
		const handler: Handler<N> | undefined = this.#handlers[name];
		if (!handler) throw new CodedError('NOT_ALLOWED', 'The demo has no such thing.');
		const parsed = v.safeParse(requests[name].input, input);
		if (!parsed.success) throw new CodedError('BAD_REQUEST', parsed.issues[0].message);
		return handler(parsed.output as Parsed<N>);
	};

	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): Unlisten {
		const listeners: Set<(told: FactOf<N>) => void> = this.#listeners[name] ?? new Set();
		this.#listeners[name] = listeners as Listeners[N];
		listeners.add(listener);
		return () => void listeners.delete(listener);
	}

	/** There is nothing to tell of a connection that is always there. */
	watch(): Unlisten {
		return () => undefined;
	}

	async open(): Promise<void> {
		// It is.
	}

	renew(): void {
		// It is never silent.
	}
}
