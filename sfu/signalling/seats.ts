import type { Standing } from '#shared/admission.ts';
import type { PeerId, PersonId, ProducerId } from '#shared/ids.ts';
import type { FactName, Told } from '#shared/protocol.ts';
import type { Rules } from '../rooms/rules.ts';
import type { Client, Seat } from './client.ts';

/** What the server holds for one peer: its client is null while the connection is lost. */
export type Occupied = Seat & {
	client: Client | null;
	standing: Standing;
	/** Cameras and shares that a host ended, and their owner did not begin again since (R51). */
	stopped: Set<ProducerId>;
};

/** Everybody in a room and its lobby, and how to tell some of them something. */
export class Seats {
	readonly #rules: Rules;
	readonly #seats = new Map<PeerId, Occupied>();

	constructor(rules: Rules) {
		this.#rules = rules;
	}

	get all(): Occupied[] {
		return [...this.#seats.values()];
	}

	/** Those in the call. */
	get joined(): Occupied[] {
		return this.all.filter(({ peer }) => peer.joined);
	}

	/** Those in the lobby. */
	get waiting(): Occupied[] {
		return this.all.filter(({ peer }) => !peer.joined);
	}

	get(peerId: PeerId): Occupied | undefined {
		return this.#seats.get(peerId);
	}

	/** All tabs of a person. */
	of(person: PersonId): Occupied[] {
		return this.all.filter(({ peer }) => peer.personId === person);
	}

	take(seat: Occupied): void {
		this.#seats.set(seat.peer.id, seat);
	}

	free(peerId: PeerId): void {
		this.#seats.delete(peerId);
	}

	clear(): void {
		this.#seats.clear();
	}

	/** Tells the joined clients (R21). */
	tellRoom<N extends FactName>(name: N, told: Told<N>, except?: PeerId): void {
		for (const [peerId, { client }] of this.#seats) {
			if (client?.place.phase === 'room' && peerId !== except) client.tell(name, told);
		}
	}

	/** Tells the hosts among them. */
	tellHosts<N extends FactName>(name: N, told: Told<N>): void {
		for (const { client, peer } of this.#seats.values()) {
			if (client?.place.phase === 'room' && this.#rules.isHost(peer.personId))
				client.tell(name, told);
		}
	}

	/** Tells the people in the lobby (R14). */
	tellLobby<N extends FactName>(name: N, told: Told<N>): void {
		for (const { client, peer } of this.#seats.values()) {
			if (!peer.joined) client?.tell(name, told);
		}
	}
}
