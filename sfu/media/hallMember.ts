import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { Demand } from './demand.ts';
import type { PeerMedia } from './peerMedia.ts';
import type { Offer } from './wants.ts';

/** Somebody in a hall. */
export type HallMember = {
	media: PeerMedia;
	demand: Demand;
	/** Whether it sends its camera: before, nobody meets it. */
	live: boolean;
	partner: PeerId | null;
	view: { width: number; height: number };
};

/** What a partner can want of them. */
export function offersOf(member: HallMember | undefined): Map<ProducerId, Offer> {
	const offers = member?.live ? member.media.producers.offers : [];
	return new Map(offers.map((offer) => [offer.producerId, offer]));
}
