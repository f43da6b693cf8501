import type { Consumer, DirectTransport, Producer, Router } from 'mediasoup/types';
import type { ProducerId } from '#shared/ids.ts';
import { audioLevelOf, audioLevelUri } from './audioLevel.ts';
import { loudFrom } from './loudness.ts';
import { PacketBudget } from './packetBudget.ts';

/** Loud packets, one after the other, that are speech and not a click: 40 ms. */
const packets = 2;

/**
 * Listens to the microphones that nobody hears, packet by packet. The observers of levels look back over
 * some tenths of a second: by then the first syllable would be gone. A microphone that sends more than a
 * voice can is left to them: what nobody hears must not keep this process busy.
 */
export class Onsets {
	readonly #router: Router;
	readonly #spoke: (producerId: ProducerId) => void;
	readonly #listening = new Map<string, Consumer | null>();
	/** By producer, so that muting and unmuting does not fill them up. */
	readonly #budgets = new WeakMap<Producer, PacketBudget>();
	#transport: Promise<DirectTransport> | null = null;
	#closed = false;

	/** @param spoke is told of everybody who begins to speak. */
	constructor(router: Router, spoke: (producerId: ProducerId) => void) {
		this.#router = router;
		this.#spoke = spoke;
	}

	/** Listens to these and to no others. Never rejects: what ends meanwhile is not listened to. */
	listenTo(producers: readonly Producer[]): void {
		const wanted = new Set(producers.map(({ id }) => id));
		for (const [id, consumer] of this.#listening) {
			if (wanted.has(id)) continue;
			consumer?.close();
			this.#listening.delete(id);
		}
		for (const producer of producers) {
			const { id } = producer;
			if (this.#listening.has(id) || this.#budgetOf(producer).spent) continue;
			this.#listening.set(id, null);
			this.#listen(producer).catch(() => this.#listening.delete(id));
		}
	}

	/** Ends with its router, as all that is on it. */
	close(): void {
		this.#closed = true;
		this.listenTo([]);
	}

	async #listen(producer: Producer): Promise<void> {
		const producerId = producer.id as ProducerId;
		const transport = await (this.#transport ??= this.#makeTransport());
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
		const budget = this.#budgetOf(producer);
		let loud = 0;
		consumer.on('rtp', (packet) => {
			if (!budget.take(packet.length)) {
				this.#listening.delete(producerId);
				consumer.close();
				return;
			}
			const level = audioLevelOf(packet, extension?.id ?? 0);
			loud = level !== null && level >= loudFrom ? loud + 1 : 0;
			if (loud >= packets) this.#spoke(producerId);
		});
	}

	async #makeTransport(): Promise<DirectTransport> {
		try {
			return await this.#router.createDirectTransport();
		} catch (error) {
			this.#transport = null;
			throw error;
		}
	}

	#budgetOf(producer: Producer): PacketBudget {
		const known = this.#budgets.get(producer);
		if (known) return known;
		const budget = new PacketBudget();
		this.#budgets.set(producer, budget);
		return budget;
	}
}
