import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { FirstPage } from '#shared/room.ts';
import type { RequestedQuality } from './requestedQuality.ts';
import type { PeerMedia } from '../peer/peerMedia.ts';
import type { Offer } from '../peer/wants.ts';

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
