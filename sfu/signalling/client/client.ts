import type { Socket } from 'socket.io';
import type { PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { ClientToServer, FactName, ServerToClient, FactOf } from '#shared/protocol.ts';
import type { Visitor } from '../../people/identity/sessionRegistry.ts';
import type { Phase } from '../../rooms/permissions.ts';
import type { Wire } from './wire.ts';

export type SocketData = {
	visitor: Visitor;
	/** The session is over: the place of this socket is not kept. */
	ended: boolean;
	/** The network that it comes from, by which bounds and budgets count. */
	block: string;
	/** Counts what goes over its connection. */
	wire: Wire;
};

/** A socket as the server types it. What the gateway found out rides in `data`. */
export type ClientSocket = Socket<
	ClientToServer,
	ServerToClient,
	Record<string, never>,
	SocketData
>;

/** Where a client is: in a room or its lobby, or among strangers. */
export interface Place {
	readonly phase: Exclude<Phase, 'outside'>;
	/** The room that requests are about here; null among strangers. */
	readonly roomId: RoomId | null;
	/** By which the log names this place. */
	readonly ids: { room?: RoomId; pool?: string; peer?: PeerId };
	/** Whether the other place belongs to the same peer. */
	isOfSamePeer(other: Place): boolean;
	/** The client has left for another place, or for none. */
	left(): void;
	/** The client's connection was lost. */
	lose(): void;
	/** The client's page goes, and may be on its way back (RELOAD-1). */
	unload(): void;
}

/** One connected socket: its visitor, its place, and how to send it facts. */
export class Client {
	readonly #socket: ClientSocket;
	readonly #moved: (client: Client) => void;
	#place: Place | null = null;
	#held: (() => void)[] | null = null;

	/** @param moved is called whenever its place is another one. */
	constructor(socket: ClientSocket, moved: (client: Client) => void) {
		this.#socket = socket;
		this.#moved = moved;
	}

	/** The visitor, as of the last check. */
	get visitor(): Visitor {
		return this.#socket.data.visitor;
	}

	/** The network that it comes from. */
	get block(): string {
		return this.#socket.data.block;
	}

	get personId(): PersonId {
		return this.visitor.personId;
	}

	/** Null outside. */
	get place(): Place | null {
		return this.#place;
	}

	get phase(): Phase {
		return this.#place?.phase ?? 'outside';
	}

	/**
	 * Leaves the current place and takes this one, in one step: requests of other queues may have changed it meanwhile. What
	 * others see of the same peer goes on.
	 *
	 * @param place null to be outside.
	 */
	occupy(place: Place | null): void {
		const before = this.#place;
		if (before && !(place && before.isOfSamePeer(place))) {
			// Nothing that happens in the old place from now on reaches this client.
			this.evict();
			before.left();
		}
		if (!place) return;
		this.#place = place;
		this.#moved(this);
	}

	/** @param unloading whether the page goes, which may be on its way back to its room (RELOAD-1). */
	leave(unloading = false): void {
		if (unloading) this.#place?.unload();
		else this.occupy(null);
	}

	/** The connection was lost. */
	lose(): void {
		this.#place?.lose();
	}

	/** Its place was taken from it: another client has it, or there is none any more. */
	evict(): void {
		this.#place = null;
		this.#moved(this);
	}

	get connected(): boolean {
		return this.#socket.connected;
	}

	/** Tells a fact, once, without waiting. */
	tell<N extends FactName>(name: N, data: FactOf<N>): void {
		// The compiler cannot follow that the map's entry for N takes FactOf<N>.
		const emit = this.#socket.emit.bind(this.#socket) as (name: N, data: FactOf<N>) => void;
		if (this.#held) this.#held.push(() => emit(name, data));
		else emit(name, data);
	}

	/** From now on the client gets what is broadcast to the channel. */
	listen(channel: string): void {
		void this.#socket.join(channel);
	}

	ignore(channel: string): void {
		void this.#socket.leave(channel);
	}

	/**
	 * Keeps facts back until `release`. Called in the moment an answer with the state of the room is put
	 * together, so that nothing that happens after that moment reaches the client before the answer.
	 */
	hold(): void {
		this.#held ??= [];
	}

	release(): void {
		const held = this.#held;
		this.#held = null;
		for (const emit of held ?? []) emit();
	}
}
