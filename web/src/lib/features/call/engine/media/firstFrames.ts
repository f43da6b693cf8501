import type { Consumer } from 'mediasoup-client/types';
import type { ConsumerId } from '#shared/ids.ts';
import { whenPictured } from '#lib/browser/pictures.ts';
import { mark } from '../statistics/marks.ts';

/** When to request a key frame if no picture came: milliseconds after the previous request. */
const pauses = [300, 400, 800, 1500, 3000, 6000] as const;

/** How many videos are watched for the first picture: any of them may have its camera off. */
const watched = 4;

type Awaited = { consumer: Consumer; tries: number; timer: ReturnType<typeof setTimeout> | null };

/**
 * Waits for the first picture of new videos, and requests a key frame again if no picture arrives: the first may be
 * lost, or have been sent a moment too early.
 */
export class FirstFrames {
	readonly #ask: (consumerIds: ConsumerId[]) => void;
	readonly #expected: (consumerId: ConsumerId) => boolean;
	readonly #awaited = new Map<ConsumerId, Awaited>();
	/** Counts the first pictures that are waited for, one after the other. */
	#round = 0;
	#marked = false;

	/**
	 * @param expected Whether a picture can come: the camera is on and the tile is visible.
	 * @param ask Asks for key frames.
	 */
	constructor(
		expected: (consumerId: ConsumerId) => boolean,
		ask: (consumerIds: ConsumerId[]) => void,
	) {
		this.#expected = expected;
		this.#ask = ask;
	}

	/** Marks the moment at which the first of these streams shows a picture, unless a picture was shown before. */
	markFirst(streams: readonly MediaStream[]): void {
		if (this.#marked) return;
		const round = ++this.#round;
		for (const stream of streams.slice(0, watched))
			whenPictured(stream, () => {
				if (this.#marked || round !== this.#round) return;
				this.#marked = true;
				mark('first-frame');
			});
	}

	/** The next first picture belongs to the next partner. */
	restart(): void {
		this.#round++;
		this.#marked = false;
	}

	/** Waits for the first picture of a consumer that was just resumed. */
	await(consumerId: ConsumerId, consumer: Consumer): void {
		this.forget(consumerId);
		const awaited: Awaited = { consumer, tries: 0, timer: null };
		this.#awaited.set(consumerId, awaited);
		this.#schedule(consumerId, awaited);
	}

	forget(consumerId: ConsumerId): void {
		const awaited = this.#awaited.get(consumerId);
		if (awaited?.timer) clearTimeout(awaited.timer);
		this.#awaited.delete(consumerId);
	}

	close(): void {
		for (const consumerId of [...this.#awaited.keys()]) this.forget(consumerId);
		this.#round++;
	}

	#schedule(consumerId: ConsumerId, awaited: Awaited): void {
		const pause = pauses[awaited.tries];
		if (pause === undefined) return this.forget(consumerId);
		awaited.timer = setTimeout(() => void this.#look(consumerId, awaited), pause);
	}

	async #look(consumerId: ConsumerId, awaited: Awaited): Promise<void> {
		const decoded = await framesDecoded(awaited.consumer);
		if (this.#awaited.get(consumerId) !== awaited) return;
		// Where none can come, the server asks for one itself as soon as that changes.
		if (decoded > 0 || !this.#expected(consumerId)) return this.forget(consumerId);
		this.#ask([consumerId]);
		awaited.tries++;
		this.#schedule(consumerId, awaited);
	}
}

async function framesDecoded(consumer: Consumer): Promise<number> {
	let frames = 0;
	// Without figures it counts as no picture yet, and is looked at again.
	const report = await consumer.rtpReceiver?.getStats().catch(() => null);
	report?.forEach((stat: { type: string; framesDecoded?: number }) => {
		if (stat.type === 'inbound-rtp') frames += stat.framesDecoded ?? 0;
	});
	return frames;
}
