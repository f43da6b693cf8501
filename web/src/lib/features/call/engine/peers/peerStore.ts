import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import type { PeerInfo } from '#shared/room.ts';
import type { FactName, FactOf } from '#shared/protocol.ts';

/** Another peer and its producers. */
export type KnownPeer = Omit<PeerInfo, 'producers'> & { producers: Map<ProducerId, ProducerInfo> };

type PeerFactName = Exclude<
	Extract<FactName, `peer:${string}` | `producer:${string}`>,
	'peer:reacted'
>;
/** A fact that changes the peers of the room or their producers. */
export type PeerFact = { [N in PeerFactName]: { name: N; told: FactOf<N> } }[PeerFactName];

/** The effect of a fact: `membership` if the set of peers changed, otherwise the peer that it concerned, if any. */
export type PeerChange =
	{ kind: 'membership' } | { kind: 'peer'; peerId: PeerId } | { kind: 'nothing' };

/**
 * The peers of the room, in the order of the server's list and then of arrival.
 *
 * Every fact may be applied twice, and facts may be applied again over a list that includes them already: leaving and
 * closing are final because ids are never used again, and of everything else the last fact counts. So facts that came
 * while a list was on its way are applied after it, whichever was first.
 */
export class PeerStore {
	#peers = new Map<PeerId, KnownPeer>();

	get peers(): readonly KnownPeer[] {
		return [...this.#peers.values()];
	}

	get(peerId: PeerId): KnownPeer | undefined {
		return this.#peers.get(peerId);
	}

	/** The peer that owns the producer, if there is one. */
	ownerOf(producerId: ProducerId): KnownPeer | undefined {
		return this.peers.find(({ producers }) => producers.has(producerId));
	}

	/** Takes the server's whole list for the truth. */
	replace(peers: readonly PeerInfo[]): void {
		this.#peers = new Map(peers.map((peer) => [peer.peerId, toKnownPeer(peer)]));
	}

	apply(fact: PeerFact): PeerChange {
		if (fact.name === 'peer:joined') {
			const { peer } = fact.told;
			this.#peers.set(peer.peerId, toKnownPeer(peer));
			return { kind: 'membership' };
		}
		const { peerId } = fact.told;
		const peer = this.#peers.get(peerId);
		if (!peer) return { kind: 'nothing' };
		switch (fact.name) {
			case 'peer:left':
				this.#peers.delete(peerId);
				return { kind: 'membership' };
			case 'peer:updated':
				peer.name = fact.told.name;
				peer.role = fact.told.role;
				peer.label = fact.told.label;
				peer.hand = fact.told.hand;
				peer.hostMuted = fact.told.hostMuted;
				return { kind: 'peer', peerId };
			case 'peer:connection':
				peer.connected = fact.told.connected;
				return { kind: 'peer', peerId };
			case 'producer:added':
			case 'producer:updated':
				peer.producers.set(fact.told.producer.producerId, fact.told.producer);
				return { kind: 'peer', peerId };
			case 'producer:closed':
				peer.producers.delete(fact.told.producerId);
				return { kind: 'peer', peerId };
		}
	}
}

function toKnownPeer(peer: PeerInfo): KnownPeer {
	const { producers, ...rest } = peer;
	return {
		...rest,
		producers: new Map(producers.map((producer) => [producer.producerId, producer])),
	};
}
