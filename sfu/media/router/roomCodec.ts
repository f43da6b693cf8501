import type { VideoCodec } from '#shared/media.ts';
import type { PeerConsumers } from '../peer/peerConsumers.ts';

/**
 * The codec of the videos in a room (MEDIA-22): the configured one, until a peer comes that cannot receive it. From
 * then on it is VP8 for all peers, until the room is empty: each change costs a moment without pictures.
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

	/** @param receivers of the peers that have joined or may join at any moment. */
	follow(receivers: readonly PeerConsumers[]): void {
		const able = receivers.every((receiver) => receiver.receives(this.#current));
		if (able || this.#current === 'vp8') return;
		this.#current = 'vp8';
		this.#changed('vp8');
	}
}
