import { newPeerId, newProducerId, type PeerId, type ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo } from '#shared/media.ts';

type Alias = { peerId: PeerId; producers: Map<ProducerId, ProducerId> };

/**
 * The ids under which one viewer knows strangers and their tracks (MATCH-2). A stranger keeps the same ids from match to match:
 * two viewers, or two matches, could tell by them that it is the same person. A name is made when it is first asked for, and
 * another one after it was forgotten.
 */
export class Aliases {
	readonly #byPeer = new Map<PeerId, Alias>();

	peer(peerId: PeerId): PeerId {
		return this.#of(peerId).peerId;
	}

	producerId(peerId: PeerId, producerId: ProducerId): ProducerId {
		const { producers } = this.#of(peerId);
		const alias = producers.get(producerId) ?? newProducerId();
		producers.set(producerId, alias);
		return alias;
	}

	producer(peerId: PeerId, info: ProducerInfo): ProducerInfo {
		return { ...info, producerId: this.producerId(peerId, info.producerId) };
	}

	/** Its description has the aliases, too. */
	consumer(info: ConsumerInfo): ConsumerInfo {
		const peerId = this.peer(info.peerId);
		const producerId = this.producerId(info.peerId, info.producerId);
		const rtpParameters = { ...info.rtpParameters, msid: `${peerId} ${producerId}` };
		return { ...info, peerId, producerId, rtpParameters };
	}

	/** The producer with this alias; undefined if there is none, or none any more. */
	real(alias: ProducerId): ProducerId | undefined {
		for (const { producers } of this.#byPeer.values())
			for (const [producerId, name] of producers) if (name === alias) return producerId;
		return undefined;
	}

	/** A producer ended. @returns its alias. */
	end(peerId: PeerId, producerId: ProducerId): ProducerId {
		const alias = this.producerId(peerId, producerId);
		this.#of(peerId).producers.delete(producerId);
		return alias;
	}

	forget(peerId: PeerId): void {
		this.#byPeer.delete(peerId);
	}

	/** Forgets all aliases, except of this partner and of the owners of the listed consumers. */
	keep(partner: PeerId | null, listed: readonly ConsumerInfo[]): void {
		const producers = new Set(listed.map(({ producerId }) => producerId));
		const peers = new Set(listed.map(({ peerId }) => peerId));
		for (const [peerId, alias] of this.#byPeer) {
			if (peerId === partner) continue;
			if (!peers.has(peerId)) this.#byPeer.delete(peerId);
			for (const producerId of alias.producers.keys())
				if (!producers.has(producerId)) alias.producers.delete(producerId);
		}
	}

	#of(peerId: PeerId): Alias {
		const alias = this.#byPeer.get(peerId) ?? { peerId: newPeerId(), producers: new Map() };
		this.#byPeer.set(peerId, alias);
		return alias;
	}
}
