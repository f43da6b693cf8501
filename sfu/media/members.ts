import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { PeerMedia } from './peerMedia.ts';
import type { Offer } from './wants.ts';

export type Member = {
	media: PeerMedia;
	/** Whether it has joined; before, it is in the lobby. */
	published: boolean;
	/** In the lobby: whether it may come in. */
	expected: boolean;
};

/** Everybody whose media is in a room, and in its lobby; longest present first. */
export class Members {
	readonly #members = new Map<PeerId, Member>();

	get all(): Member[] {
		return [...this.#members.values()];
	}

	get(peerId: PeerId): Member | undefined {
		return this.#members.get(peerId);
	}

	/** Puts one to the end of the line. */
	put(member: Member): void {
		const { peerId } = member.media;
		this.#members.delete(peerId);
		this.#members.set(peerId, member);
	}

	delete(peerId: PeerId): void {
		this.#members.delete(peerId);
	}

	isPublished(peerId: PeerId): boolean {
		return this.#members.get(peerId)?.published ?? false;
	}

	/** What can be wanted. */
	get offers(): Map<ProducerId, Offer> {
		const offers = new Map<ProducerId, Offer>();
		for (const { media, published } of this.#members.values()) {
			if (published)
				for (const offer of media.producers.offers) offers.set(offer.producerId, offer);
		}
		return offers;
	}

	/** What demand is added up from. */
	get wanted() {
		const members = this.all;
		return {
			offers: this.offers,
			// Whoever is in the lobby makes no demand of their own (R34), but keeps encoders awake (R12).
			flows: members.flatMap(({ media, published }) => (published ? [media.consumers.flows] : [])),
			lobby: members.some(({ published, expected }) => !published && expected),
		};
	}
}
