import type { PeerId, ProducerId } from '#shared/ids.ts';
import { demandOf, type Flow, type Offer } from './wants.ts';

/** What is offered in a room, how it is wanted, and whether somebody in the lobby may see it soon (R12). */
type Wanted = {
	offers: ReadonlyMap<ProducerId, Offer>;
	flows: readonly ReadonlyMap<ProducerId, Flow>[];
	lobby: boolean;
};

type Tell = (peerId: PeerId, producerId: ProducerId, layer: number | null) => void;

/**
 * How long a fall in demand waits before the sender is told, in ms. A rise is told at once. It keeps
 * encoders from stopping and starting while people come in and tiles change places.
 */
const settle = 500;

/** Tells the owners of videos how much of them anyone wants, whenever that changes (R32). */
export class Demand {
	readonly #wanted: () => Wanted;
	readonly #tell: Tell;
	readonly #told = new Map<ProducerId, number | null>();
	#settling: NodeJS.Timeout | null = null;
	#closed = false;

	constructor(wanted: () => Wanted, tell: Tell) {
		this.#wanted = wanted;
		this.#tell = tell;
	}

	/** Something of what is offered or wanted changed. */
	refresh(): void {
		if (this.#closed) return;
		let falling = false;
		this.#eachChange((peerId, producerId, layer, rising) => {
			if (rising) this.#note(peerId, producerId, layer);
			else falling = true;
		});
		if (falling) this.#settling ??= setTimeout(this.#onSettled, settle);
	}

	/** The owner of this one ended it, or does not remember what was said of it: until told again it sends all. */
	forget(producerId: ProducerId): void {
		this.#told.delete(producerId);
	}

	close(): void {
		this.#closed = true;
		if (this.#settling) clearTimeout(this.#settling);
	}

	readonly #onSettled = (): void => {
		this.#settling = null;
		this.#eachChange((peerId, producerId, layer) => this.#note(peerId, producerId, layer));
	};

	#note(peerId: PeerId, producerId: ProducerId, layer: number | null): void {
		this.#told.set(producerId, layer);
		this.#tell(peerId, producerId, layer);
	}

	/** Visits the videos whose demand differs from what their owners know. At first they send it all. */
	#eachChange(
		visit: (peerId: PeerId, producerId: ProducerId, layer: number | null, rising: boolean) => void,
	): void {
		const { offers, flows, lobby } = this.#wanted();
		for (const [producerId, layer] of demandOf(offers.values(), flows, lobby)) {
			const offer = offers.get(producerId);
			if (!offer) continue;
			const told = this.#told.has(producerId)
				? (this.#told.get(producerId) ?? null)
				: offer.layers - 1;
			if (told !== layer) visit(offer.peerId, producerId, layer, (layer ?? -1) > (told ?? -1));
		}
	}
}
