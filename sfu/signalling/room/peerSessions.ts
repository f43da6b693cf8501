import type { AdmissionState } from '#shared/admission.ts';
import type { PeerId, PersonId, ProducerId } from '#shared/ids.ts';
import type { FactName, FactOf } from '#shared/protocol.ts';
import type { RoomRules } from '../../rooms/roomRules.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import type { Peer } from '../../rooms/peer.ts';
import type { Client } from '../client/client.ts';

/** A peer in a room or its lobby, with its media. */
export type PeerSession = { peer: Peer; media: PeerMedia };

/** What the server holds for one peer: its client is null while the connection is lost. */
export type HeldSession = PeerSession & {
	client: Client | null;
	admissionState: AdmissionState;
	/** Cameras and shares that a host stopped, and that their owner did not start again (HOST-5). */
	stopped: Set<ProducerId>;
};

/** The sessions of all peers in a room and its lobby, and how to send facts to groups of them. */
export class PeerSessions {
	readonly #rules: RoomRules;
	readonly #peerSessions = new Map<PeerId, HeldSession>();

	constructor(rules: RoomRules) {
		this.#rules = rules;
	}

	get all(): HeldSession[] {
		return [...this.#peerSessions.values()];
	}

	/** The sessions of joined peers. */
	get joined(): HeldSession[] {
		return this.all.filter(({ peer }) => peer.isInRoom);
	}

	/** The sessions in the lobby. */
	get waiting(): HeldSession[] {
		return this.all.filter(({ peer }) => peer.state.kind === 'waiting');
	}

	get(peerId: PeerId): HeldSession | undefined {
		return this.#peerSessions.get(peerId);
	}

	/** All tabs of a person. */
	of(person: PersonId): HeldSession[] {
		return this.all.filter(({ peer }) => peer.personId === person);
	}

	add(peerSession: HeldSession): void {
		this.#peerSessions.set(peerSession.peer.id, peerSession);
	}

	remove(peerId: PeerId): void {
		this.#peerSessions.delete(peerId);
	}

	clear(): void {
		this.#peerSessions.clear();
	}

	/** Tells the joined clients (ROOM-7). */
	tellRoom<N extends FactName>(name: N, data: FactOf<N>, except?: PeerId): void {
		for (const [peerId, { client }] of this.#peerSessions) {
			if (client?.phase === 'room' && peerId !== except) client.tell(name, data);
		}
	}

	/** Tells the joined hosts. */
	tellHosts<N extends FactName>(name: N, data: FactOf<N>): void {
		for (const { client, peer } of this.#peerSessions.values()) {
			if (client?.phase === 'room' && this.#rules.isHost(peer.personId)) client.tell(name, data);
		}
	}

	/** Tells the people in the lobby (LOBBY-5). */
	tellLobby<N extends FactName>(name: N, data: FactOf<N>): void {
		for (const { client } of this.waiting) client?.tell(name, data);
	}
}
