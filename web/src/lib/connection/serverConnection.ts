import type { FactName, FactOf } from '#shared/protocol.ts';
import type { Ask, SignalEvents, Unlisten } from './signalClient.ts';

/** A connection to the server as features use it. The demo has one of its own, without a server. */
export type ServerConnection = {
	readonly connected: boolean;
	/** Whether a server is at its end, which takes files and has pages of its own for the chat. */
	readonly served: boolean;
	readonly ask: Ask;
	watch(events: Partial<SignalEvents>): Unlisten;
	on<N extends FactName>(name: N, listener: (told: FactOf<N>) => void): Unlisten;
	/** Connects, if it is not connected. */
	open(): Promise<void>;
};
