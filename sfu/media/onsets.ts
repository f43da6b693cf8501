import type { Consumer, DirectTransport, Router } from 'mediasoup/types';
import type { ProducerId } from '#shared/ids.ts';
import { audioLevelOf, audioLevelUri } from './audioLevel.ts';
import { loudFrom } from './loudness.ts';

/** Loud packets, one after the other, that are speech and not a click: 40 ms. */
const packets = 2;

/**
 * Listens to the microphones that nobody hears, packet by packet. The observers of levels look back over
 * some tenths of a second: by then the first syllable would be gone.
 */
export class Onsets {
	readonly #router: Router;
	readonly #spoke: (producerId: ProducerId) => void;
	readonly #listening = new Map<ProducerId, Consumer | null>();
	#transport: Promise<DirectTransport> | null = null;
	#closed = false;

	/** @param spoke is told of everybody who begins to speak. */
	constructor(router: Router, spoke: (producerId: ProducerId) => void) {
		this.#router = router;
		this.#spoke = spoke;
	}

	/** Listens to these and to no others. Never rejects: what ends meanwhile is not listened to. */
	listenTo(producerIds: ReadonlySet<ProducerId>): void {
		for (const [producerId, consumer] of this.#listening) {
			if (producerIds.has(producerId)) continue;
			consumer?.close();
			this.#listening.delete(producerId);
		}
		for (const producerId of producerIds) {
			if (this.#listening.has(producerId)) continue;
			this.#listening.set(producerId, null);
			this.#listen(producerId).catch(() => this.#listening.delete(producerId));
		}
	}

	/** Ends with its router, as all that is on it. */
	close(): void {
		this.#closed = true;
		this.listenTo(new Set());
	}

	async #listen(producerId: ProducerId): Promise<void> {
		this.#transport ??= this.#router.createDirectTransport();
		const transport = await this.#transport;
		const { rtpCapabilities } = this.#router;
		const consumer = await transport.consume({ producerId, rtpCapabilities });
		if (this.#closed || this.#listening.get(producerId) !== null) {
			consumer.close();
			return;
		}
		this.#listening.set(producerId, consumer);
		const extension = consumer.rtpParameters.headerExtensions?.find(
			({ uri }) => uri === audioLevelUri,
		);
		let loud = 0;
		consumer.on('rtp', (packet) => {
			const level = audioLevelOf(packet, extension?.id ?? 0);
			loud = level !== null && level >= loudFrom ? loud + 1 : 0;
			if (loud >= packets) this.#spoke(producerId);
		});
	}
}
