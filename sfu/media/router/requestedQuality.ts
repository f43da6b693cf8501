import type { PeerId, ProducerId } from '#shared/ids.ts';
import { requestedLayers, type Flow, type Offer } from '../peer/wants.ts';

/** The offers, how they flow to their viewers, and whether a peer in the lobby may see them soon (LOBBY-3). */
export type Wanted = {
	offers: ReadonlyMap<ProducerId, Offer>;
	flows: readonly ReadonlyMap<ProducerId, Flow>[];
	lobby: boolean;
};

type Send = (peerId: PeerId, producerId: ProducerId, layer: number | null) => void;

/**
 * How long a lower requested quality waits before it is sent, in ms. A higher one is sent at once. This keeps
 * encoders from stopping and starting while people join and tiles change places.
 */
const fallDelay = 500;

/** Sends the owner of each video the highest layer that any viewer requests, whenever it changes (MEDIA-10). */
export class RequestedQuality {
	readonly #wanted: () => Wanted;
	readonly #send: Send;
	readonly #sent = new Map<ProducerId, number | null>();
	#fallTimer: NodeJS.Timeout | null = null;
	#closed = false;

	constructor(wanted: () => Wanted, send: Send) {
		this.#wanted = wanted;
		this.#send = send;
	}

	/** Offers or wants changed. */
	refresh(): void {
		if (this.#closed) return;
		let isFalling = false;
		this.#eachChange((peerId, producerId, layer, rising) => {
			if (rising) this.#note(peerId, producerId, layer);
			else isFalling = true;
		});
		if (isFalling) this.#fallTimer ??= setTimeout(this.#onFallDue, fallDelay);
	}

	/** The producer ended, or its owner has forgotten the requested quality and sends all layers until the next message. */
	forget(producerId: ProducerId): void {
		this.#sent.delete(producerId);
	}

	close(): void {
		this.#closed = true;
		if (this.#fallTimer) clearTimeout(this.#fallTimer);
	}

	readonly #onFallDue = (): void => {
		this.#fallTimer = null;
		this.#eachChange((peerId, producerId, layer) => this.#note(peerId, producerId, layer));
	};

	#note(peerId: PeerId, producerId: ProducerId, layer: number | null): void {
		this.#sent.set(producerId, layer);
		this.#send(peerId, producerId, layer);
	}

	/** Visits the videos whose requested layer differs from the one that was sent. Owners send all layers at first. */
	#eachChange(
		visit: (peerId: PeerId, producerId: ProducerId, layer: number | null, rising: boolean) => void,
	): void {
		const { offers, flows, lobby } = this.#wanted();
		for (const [producerId, layer] of requestedLayers(offers.values(), flows, lobby)) {
			const offer = offers.get(producerId);
			if (!offer) continue;
			const sent = this.#sent.has(producerId)
				? (this.#sent.get(producerId) ?? null)
				: offer.layers - 1;
			if (sent !== layer) visit(offer.peerId, producerId, layer, (layer ?? -1) > (sent ?? -1));
		}
	}
}
