import type { Socket } from 'socket.io';
import type { PersonId } from '#shared/ids.ts';
import type { ClientToServer, FactName, ServerToClient, Told } from '#shared/protocol.ts';
import type { PeerMedia } from '../media/peerMedia.ts';
import type { Visitor } from '../people/visitors.ts';
import type { Peer } from '../rooms/peer.ts';
import type { Phase } from '../rooms/permissions.ts';
import type { LiveRoom } from './liveRoom.ts';
import type { Meeting } from './meeting.ts';
import type { Wire } from './wire.ts';

export type SocketData = {
	visitor: Visitor;
	/** The session is over: nobody comes back to the place this socket had. */
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

/** What a client holds in a room or its lobby. */
export type Seat = { live: LiveRoom; peer: Peer; media: PeerMedia };

type Place =
	| { phase: 'outside' }
	| ({ phase: Exclude<Phase, 'outside' | 'match'> } & Seat)
	| { phase: 'match'; live: Meeting };

/** One connected socket: who it is, where it is, and how to tell it something. */
export class Client {
	readonly #socket: ClientSocket;
	readonly #moved: (client: Client) => void;
	#place: Place = { phase: 'outside' };
	#held: (() => void)[] | null = null;

	/** @param moved is called whenever its place is another one. */
	constructor(socket: ClientSocket, moved: (client: Client) => void) {
		this.#socket = socket;
		this.#moved = moved;
	}

	/** Who it is, as of when that was looked at last. */
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

	get place(): Place {
		return this.#place;
	}

	moveTo(place: Place): void {
		this.#place = place;
		this.#moved(this);
	}

	/** Leaves the place it has by now, if any: requests of other lanes may have got one meanwhile. */
	leave(): void {
		if (this.#place.phase !== 'outside') this.#place.live.leave(this);
	}

	get connected(): boolean {
		return this.#socket.connected;
	}

	/** Tells a fact, once, without waiting. */
	tell<N extends FactName>(name: N, told: Told<N>): void {
		// The compiler cannot follow that the map's entry for N takes Told<N>.
		const emit = this.#socket.emit.bind(this.#socket) as (name: N, told: Told<N>) => void;
		if (this.#held) this.#held.push(() => emit(name, told));
		else emit(name, told);
	}

	/** From now on it is told what is broadcast there. */
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
