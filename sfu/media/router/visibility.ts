import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { FirstPage } from '#shared/room.ts';
import type { RequestedQuality, Wanted } from './requestedQuality.ts';
import type { PeerMedia } from '../peer/peerMedia.ts';
import type { Offer } from '../peer/wants.ts';
import type { HomeRouter } from '../worker/homeRouter.ts';

/** A peer as far as its visibility goes. */
type Visible = {
	readonly media: Pick<PeerMedia, 'peerId'>;
	/** Whether others may see it. A peer in the lobby of a room is not published. */
	published: boolean;
	/** The peer that it has met in a pairing pool. */
	partner: PeerId | null;
};

/** A peer on a router. */
export type RouterPeer = Visible & {
	readonly media: PeerMedia;
	/** How its videos are requested: all peers of a room share one. */
	readonly requestedQuality: RequestedQuality;
	/** Whether it may be published at any moment: then the encoders of the others stay awake (LOBBY-3). */
	expected: boolean;
	/** Whether a call leads it here: then the joined peers get ready to receive it (MEDIA-13). */
	called: boolean;
	/** The size of picture that it asked for last, in pixels. */
	view: Pick<FirstPage, 'width' | 'height'>;
};

/** Which published peers a peer may see. */
export type Visibility = (viewer: Visible, owner: Visible) => boolean;

/** In a room all peers see each other. */
export const everybody: Visibility = () => true;

/** A pairing pool shows a peer its partner only. */
export const partnersOnly: Visibility = ({ partner }, { media }) => partner === media.peerId;

/** The published peers that this peer may see. */
export function seenBy<P extends Visible>(viewer: P, peers: readonly P[], sees: Visibility): P[] {
	return peers.filter((owner) => owner !== viewer && owner.published && sees(viewer, owner));
}

/** The published peers that may see this peer; none as long as it is not published itself. */
export function viewersOf<P extends Visible>(owner: P, peers: readonly P[], sees: Visibility): P[] {
	if (!owner.published) return [];
	return peers.filter((viewer) => viewer !== owner && viewer.published && sees(viewer, owner));
}

/** The tracks of these peers, by producer. */
export function offersOf(owners: readonly RouterPeer[]): Map<ProducerId, Offer> {
	const offers = owners.flatMap(({ media }) => media.producers.offers);
	return new Map(offers.map((offer) => [offer.producerId, offer]));
}

/** The peers of a room or a pairing pool, in the order of joining. */
export class RouterPeers extends Map<PeerId, RouterPeer> {
	readonly sees: Visibility;

	constructor(sees: Visibility) {
		super();
		this.sees = sees;
	}

	get all(): RouterPeer[] {
		return [...this.values()];
	}

	/** The published peers that this peer may see. */
	seenBy(viewer: RouterPeer): RouterPeer[] {
		return seenBy(viewer, this.all, this.sees);
	}

	/** The published peers that may see this peer. */
	viewersOf(owner: RouterPeer): RouterPeer[] {
		return viewersOf(owner, this.all, this.sees);
	}

	/** How many published peers have their transports on this router. */
	joinedOn(home: HomeRouter): number {
		return this.all.filter(({ media, published }) => published && media.home === home).length;
	}

	/** The tracks that this peer may receive, by producer. */
	offersTo(viewer: RouterPeer): Map<ProducerId, Offer> {
		return offersOf(this.seenBy(viewer));
	}
}

/** What the requested quality of the videos in a room is computed from: what those who have joined want of each other. */
export function requestsOfRoom(peers: readonly RouterPeer[]): Wanted {
	const joined = peers.filter(({ published }) => published);
	return {
		offers: offersOf(joined),
		// A peer in the lobby requests nothing itself (MEDIA-12), but keeps encoders awake (LOBBY-3).
		flows: joined.map(({ media }) => media.consumers.flows),
		lobby: peers.some(({ published, expected }) => !published && expected),
	};
}

/** The same for strangers. They go on encoding the smallest picture, so that there is one for the next partner. */
export function requestsOfStrangers(
	owners: readonly RouterPeer[],
	viewers: readonly RouterPeer[],
): Wanted {
	return {
		offers: offersOf(owners.filter(({ published }) => published)),
		flows: viewers.map(({ media }) => media.consumers.flows),
		lobby: true,
	};
}
