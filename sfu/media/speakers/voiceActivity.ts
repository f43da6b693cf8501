import type { Consumer, DirectTransport, Producer, Router } from 'mediasoup/types';
import type { ProducerId } from '#shared/ids.ts';
import { loudFrom } from './audible.ts';
import { audioLevelOf, audioLevelUri } from './audioLevel.ts';

/** What speech takes at most in a second: browsers pack 10 ms or more of Opus into a packet, and Opus ends at 510 kbit/s. */
const perSecond = { packets: 120, bytes: 64_000 };
/** How many seconds of it may arrive at once, after a pause of the network. */
const atOnce = 2;

/** So many loud packets in a row are speech and not a click: 40 ms. */
const packets = 2;

/**
 * Listens to the microphones that are not heard, packet by packet. The observers of levels look back over
 * some tenths of a second: by then the first syllable would be gone. A microphone that sends more than a
 * voice can is left to the observers: packets that are not forwarded must not keep this process busy.
 */
export class VoiceActivity {
	readonly #router: Router;
	readonly #onSpeech: (producerId: ProducerId) => void;
	readonly #listening = new Map<string, Consumer | null>();
	/** By producer: muting and unmuting gives no new budget. */
	readonly #budgets = new WeakMap<Producer, PacketBudget>();
	#transport: Promise<DirectTransport> | null = null;
	#closed = false;

	/** @param onSpeech is given each microphone in which speech begins. */
	constructor(router: Router, onSpeech: (producerId: ProducerId) => void) {
		this.#router = router;
		this.#onSpeech = onSpeech;
	}

	/** Listens to these microphones only. Skips those that end meanwhile. */
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

	/** The transport ends with its router. */
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
			if (loud >= packets) this.#onSpeech(producerId);
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

/** Bounds the packets of one microphone that this process reads. */
class PacketBudget {
	#packets = perSecond.packets * atOnce;
	#bytes = perSecond.bytes * atOnce;
	#at = performance.now();
	#spent = false;

	/** Whether this microphone has sent more than speech takes: its packets are not read any more. */
	get spent(): boolean {
		return this.#spent;
	}

	/** @returns whether one more packet of this size in bytes is within the budget. */
	take(bytes: number): boolean {
		const now = performance.now();
		const seconds = (now - this.#at) / 1000;
		this.#at = now;
		const { packets, bytes: most } = perSecond;
		this.#packets = Math.min(this.#packets + seconds * packets, packets * atOnce) - 1;
		this.#bytes = Math.min(this.#bytes + seconds * most, most * atOnce) - bytes;
		this.#spent ||= this.#packets < 0 || this.#bytes < 0;
		return !this.#spent;
	}
}
