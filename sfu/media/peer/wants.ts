import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { MediaKind } from '#shared/rtp.ts';
import type { Want } from '#shared/media.ts';
import type { FirstPage } from '#shared/room.ts';

/*
 * The decisions behind `media:want` and `media:demand`: pure functions from wants and offers
 * to consumers and requested layers.
 */

/** A producer as far as wanting it goes. */
export type Offer = {
	producerId: ProducerId;
	peerId: PeerId;
	kind: MediaKind;
	/** Whether it is a shared screen: it has to be readable, and is never sent smaller than it is. */
	isShare: boolean;
	/** Spatial layers it can be had in; 1 for audio and for a single picture. */
	layers: number;
	/** Size of its picture in pixels; 0 by 0 when not known. */
	width: number;
	height: number;
};

/** How one wanted producer has to flow. */
export type Flow = {
	producerId: ProducerId;
	/** False for a video that is wanted at 0 by 0: kept ready, not sent. */
	visible: boolean;
	/** The spatial layer to send at most. */
	layer: number;
	priority: number;
};

/** A layer fills a tile if it has at least this share of its edges: the rest is not worth twice the bits. */
const fills = 0.8;

/**
 * The smallest layer whose picture fills the tile (MEDIA-9); of a share the highest. Layers halve: with three, the lowest has a
 * quarter of the full edges. Tiles crop, so the tighter of the two edges decides.
 */
export function layerFor(
	tile: { width: number; height: number },
	offer: Pick<Offer, 'layers' | 'width' | 'height' | 'isShare'>,
): number {
	const highest = offer.layers - 1;
	if (offer.isShare || offer.width === 0 || offer.height === 0) return highest;
	const needed = Math.max(tile.width / offer.width, tile.height / offer.height) * fills;
	for (let layer = 0; layer < highest; layer++) {
		if (1 / 2 ** (highest - layer) >= needed) return layer;
	}
	return highest;
}

const isVisible = (want: Want, offer: Offer) =>
	offer.kind === 'audio' || (want.width > 0 && want.height > 0);

/**
 * The flows that the full set of one peer's wants asks for. Of two wants for one producer the last one counts.
 *
 * @returns the flows to have, and the ids of wants nothing can be had for (MEDIA-6): gone, unknown or the
 *   peer's own.
 */
export function planFlows(
	wants: readonly Want[],
	peerId: PeerId,
	offers: ReadonlyMap<ProducerId, Offer>,
): { flows: Map<ProducerId, Flow>; missing: ProducerId[] } {
	const flows = new Map<ProducerId, Flow>();
	const missing = new Set<ProducerId>();
	for (const want of wants) {
		const { producerId, priority } = want;
		const offer = offers.get(producerId);
		if (!offer || offer.peerId === peerId) {
			missing.add(producerId);
			continue;
		}
		const visible = isVisible(want, offer);
		flows.set(producerId, {
			producerId,
			visible,
			layer: visible ? layerFor(want, offer) : 0,
			priority,
		});
	}
	return { flows, missing: [...missing] };
}

/** The priorities for a client that has not stated its own yet: a share is to be read, and comes first. */
const firstPriority = { share: 255, other: 100 } as const;

/**
 * The wants of a client that joins and has seen nothing yet (ROOM-1): every sound, every share, and
 * as many cameras as its first page shows, in the order of the offers.
 */
export function firstWants(offers: Iterable<Offer>, peerId: PeerId, page: FirstPage): Want[] {
	const wants: Want[] = [];
	let cameras = 0;
	for (const offer of offers) {
		if (offer.peerId === peerId) continue;
		const { producerId, kind, isShare } = offer;
		const priority = isShare ? firstPriority.share : firstPriority.other;
		if (kind === 'audio') wants.push({ producerId, priority, width: 0, height: 0 });
		else if (isShare || cameras++ < page.videos)
			wants.push({ producerId, priority, width: page.width, height: page.height });
	}
	return wants;
}

/** How many cameras a person in the lobby is expected to see first, besides every share. */
export const anticipatedCameras = 9;

/**
 * The highest layer of each video that any viewer wants, null if none does (MEDIA-10). While a person is in
 * the lobby, what they would see first counts as wanted at its lowest layer (LOBBY-3).
 */
export function requestedLayers(
	offers: Iterable<Offer>,
	flowsOfPeers: Iterable<ReadonlyMap<ProducerId, Flow>>,
	lobby: boolean,
): Map<ProducerId, number | null> {
	const demand = new Map<ProducerId, number | null>();
	let cameras = 0;
	for (const { producerId, kind, isShare } of offers) {
		if (kind !== 'video') continue;
		const anticipated = isShare || cameras++ < anticipatedCameras;
		demand.set(producerId, lobby && anticipated ? 0 : null);
	}
	for (const flows of flowsOfPeers) {
		for (const { producerId, visible, layer } of flows.values()) {
			const known = demand.get(producerId);
			if (visible && known !== undefined) demand.set(producerId, Math.max(known ?? 0, layer));
		}
	}
	return demand;
}
