import type { VideoCodec } from '#shared/media.ts';
import type { PeerConsumers } from './peerConsumers.ts';

/**
 * What the videos of a room are sent in (R66): what is configured, until somebody comes who cannot receive it. From
 * then on it is VP8 for everybody, until the room is empty: each change costs a moment without pictures.
 */
export class RoomCodec {
	readonly #changed: (codec: VideoCodec) => void;
	#current: VideoCodec;

	constructor(configured: VideoCodec, changed: (codec: VideoCodec) => void) {
		this.#current = configured;
		this.#changed = changed;
	}

	get current(): VideoCodec {
		return this.#current;
	}

	/** Looks at those who are inside or about to come in. */
	follow(receivers: readonly PeerConsumers[]): void {
		const able = receivers.every((receiver) => receiver.receives(this.#current));
		if (able || this.#current === 'vp8') return;
		this.#current = 'vp8';
		this.#changed('vp8');
	}
}
