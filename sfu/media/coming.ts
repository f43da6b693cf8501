import type { PeerId } from '#shared/ids.ts';
import type { ConsumerInfo } from '#shared/media.ts';
import type { PeerMedia } from './peerMedia.ts';
import { firstWants, type Offer } from './wants.ts';

/** So many inside at most get ready for somebody: where more are, one more face is waited for by nobody in particular. */
const mostReady = 8;

/** How what is ready flows until its client says how: the smallest picture, for it is there first. */
const atFirst = { videos: 1, width: 1, height: 1 };

type Inside = { media: PeerMedia; published: boolean };

/**
 * People who were called and are about to come in (R140). Those inside build what they will receive of them while it rings,
 * so that the first step inside is seen and heard without a word between.
 */
export class Coming {
	readonly #called = new Set<PeerId>();
	readonly #inside: () => Inside[];
	readonly #tell: (viewer: PeerId, consumers: ConsumerInfo[]) => void;
	readonly #trouble: (error: unknown) => void;

	/** @param tell tells one of those inside all that is ready for them. */
	constructor(
		inside: () => Inside[],
		tell: (viewer: PeerId, consumers: ConsumerInfo[]) => void,
		trouble: (error: unknown) => void,
	) {
		this.#inside = inside;
		this.#tell = tell;
		this.#trouble = trouble;
	}

	/** This one, in the lobby, was called. */
	add({ peerId }: PeerMedia): void {
		this.#called.add(peerId);
	}

	/** What somebody sends changed: those inside get ready for it, if its sender was called. */
	follow(media: PeerMedia): void {
		if (!this.#called.has(media.peerId)) return;
		const viewers = this.#viewers;
		if (viewers.length <= mostReady)
			for (const viewer of viewers) this.#prepare(viewer, media.producers.offers);
	}

	/** This one came in, or came back: everybody who was called is got ready for. */
	welcome(viewer: PeerMedia): void {
		// A client that comes back may still know of what it got ready for.
		const { peerId, consumers } = viewer;
		if (consumers.forgetAhead()) this.#tell(peerId, consumers.infosAhead);
		const called = this.#inside().filter(({ media }) => this.#called.has(media.peerId));
		const offers = called.flatMap(({ media }) => media.producers.offers);
		if (offers.length > 0 && this.#viewers.length <= mostReady) this.#prepare(viewer, offers);
	}

	/** This one is in: what was made ready of it flows. */
	reveal({ peerId, producers }: PeerMedia, offers: ReadonlyMap<Offer['producerId'], Offer>): void {
		if (!this.#called.delete(peerId)) return;
		for (const { consumers, peerId: viewer } of this.#viewers) {
			const wants = firstWants(producers.offers, viewer, atFirst);
			consumers.reveal(wants, offers).catch(this.#trouble);
		}
	}

	/** What was sent under this id has ended. */
	end(producerId: Offer['producerId']): void {
		for (const { media } of this.#inside())
			if (media.consumers.end(producerId)) this.#tell(media.peerId, media.consumers.infosAhead);
	}

	/** This one is gone. */
	forget(peerId: PeerId): void {
		this.#called.delete(peerId);
	}

	get #viewers(): PeerMedia[] {
		return this.#inside().flatMap(({ media, published }) => (published ? [media] : []));
	}

	#prepare({ peerId, consumers }: PeerMedia, offers: readonly Offer[]): void {
		const ready = () => this.#tell(peerId, consumers.infosAhead);
		consumers.expect(offers, ready).catch(this.#trouble);
	}
}
