import type { ProducerId } from '#shared/ids.ts';
import type { Want } from '#shared/media.ts';

/**
 * What one peer gets ready for of people who are about to come in (R140). Before they are in, it is not to flow; from then
 * on it counts as wanted until the peer has said how it wants it, for its wants may have crossed with their coming.
 */
export class Ahead {
	/** What those send, and whether the peer's consumer of it is made. */
	readonly #coming = new Map<ProducerId, boolean>();
	readonly #unasked = new Map<ProducerId, Want>();

	/** Whether this is of somebody who is not in yet. */
	has(producerId: ProducerId): boolean {
		return this.#coming.has(producerId);
	}

	/** A consumer of this is being made, or is made now. */
	note(producerId: ProducerId, made: boolean): void {
		this.#coming.set(producerId, made);
	}

	/** Those who send these are in, and they are taken to be wanted so. @returns whether any of it was made ready. */
	reveal(wants: readonly Want[]): boolean {
		let ready = false;
		for (const want of wants) {
			if (this.#coming.get(want.producerId)) {
				this.#unasked.set(want.producerId, want);
				ready = true;
			}
			this.#coming.delete(want.producerId);
		}
		return ready;
	}

	/** What the peer wants, and what it was not asked about yet. */
	complete(wants: readonly Want[]): Want[] {
		for (const { producerId } of wants) this.#unasked.delete(producerId);
		return [...this.#unasked.values(), ...wants];
	}

	/** It has ended. @returns whether it was of somebody who is not in yet. */
	end(producerId: ProducerId): boolean {
		this.#unasked.delete(producerId);
		return this.#coming.delete(producerId);
	}
}
