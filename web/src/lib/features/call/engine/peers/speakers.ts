import type { PeerId } from '#shared/ids.ts';
import type { FactOf } from '#shared/protocol.ts';
import type { Speaking } from '../model.ts';

const nobodySpeaks: FactOf<'room:speakers'> = { speaking: [], active: null };

/**
 * Who speaks, as the server reports it, seen from this client. The client is itself one of the peers, under an id that
 * it learns from the answer to its join.
 */
export class Speakers {
	readonly #tell: (speaking: Speaking) => void;
	#you: PeerId | null = null;
	#told = nobodySpeaks;

	constructor(tell: (speaking: Speaking) => void) {
		this.#tell = tell;
	}

	/** This client is this peer now. Earlier reports count. */
	enter(you: PeerId): void {
		this.#you = you;
		this.#retell();
	}

	apply(told: FactOf<'room:speakers'>): void {
		this.#told = told;
		if (this.#you) this.#retell();
	}

	/** Forgets who speaks. */
	clear(): void {
		if (!this.#you) return;
		this.#told = nobodySpeaks;
		this.#retell();
		this.#you = null;
	}

	#retell(): void {
		const { speaking, active } = this.#told;
		this.#tell({
			you: this.#you !== null && speaking.includes(this.#you),
			peers: new Set(speaking.filter((peerId) => peerId !== this.#you)),
			active: active === this.#you ? null : active,
		});
	}
}
