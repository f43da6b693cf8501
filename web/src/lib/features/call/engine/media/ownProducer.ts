import type { Producer } from 'mediasoup-client/types';
import type { ProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import { ifPossible } from '#lib/browser/ifPossible.ts';
import {
	applyPlan,
	layersOf,
	type Layering,
	type PictureSize,
	type Rate,
	type Sending,
} from './encodings.ts';
import type { Demand } from '../statistics/statisticsModel.ts';
import { LatestWins } from './latestWins.ts';

/** What a device provides now: no track when it is off, and a track that is kept when muted. */
export type Feed = {
	track: MediaStreamTrack | null;
	paused: boolean;
	/** The browser does not send it. */
	failed?: () => void;
};

/** How the server knows a producer. */
export type ProducerState = Omit<ProducerInfo, 'source'>;

type Ways = {
	/** Reports the state of the producer to the server. */
	state: (told: ProducerState) => void;
	layering: Layering;
};

/**
 * A producer of this client. The track that it sends, the state that the server knows and the layers that are encoded
 * change independently, each in its own order.
 */
export class OwnProducer {
	readonly producerId: ProducerId;
	readonly #producer: Producer;
	readonly #layering: Layering;
	readonly #state: (told: ProducerState) => void;
	readonly #feeding: LatestWins<Feed>;
	readonly #plan: LatestWins<Sending>;
	#demand: Demand;
	#rate: Rate | null = null;
	#told: ProducerState;
	#feed: Feed | null = null;
	/** The track that is sent now. */
	#carried: MediaStreamTrack | null = null;

	/** @param told the state of the producer as the server knows it */
	constructor(producer: Producer, told: ProducerState, { state, layering }: Ways) {
		this.#layering = layering;
		this.producerId = told.producerId;
		this.#producer = producer;
		this.#told = told;
		this.#state = state;
		this.#feeding = new LatestWins((feed) => this.#carry(feed));
		this.#plan = new LatestWins(async (plan) => {
			const { rtpSender, closed } = producer;
			if (rtpSender && !closed) await applyPlan(rtpSender, plan);
		});
	}

	/** The section of the session description in which it is sent. */
	get mid(): string {
		return this.#producer.localId;
	}

	/** How much of it anyone wants. */
	get demanded(): Demand {
		return this.#demand;
	}

	/**
	 * Sends this track from now on. A paused track is silent at once, even if the rest fails. The others learn that a
	 * track is on once it is sent. Resolves when it is sent, or `failed` was called.
	 */
	feed(feed: Feed): Promise<void> {
		const { track, paused } = feed;
		this.#feed = feed;
		if (paused && this.#carried) this.#carried.enabled = false;
		if (track) track.enabled = !paused;
		this.#become({ paused: paused || this.#told.paused, ...(pictureSize(track) ?? {}) });
		return this.#feeding.set(feed);
	}

	/** The track has this size now, or will have it before anybody sees it. */
	resize(size: PictureSize): void {
		this.#become(size);
	}

	/** Encodes the layers that are demanded. */
	demand(demand: Demand): void {
		this.#demand = demand;
		this.#replan();
	}

	/** Takes no more than this from now on. */
	limit(rate: Rate): void {
		this.#rate = rate;
		this.#replan();
	}

	/** After a return: says how it is now, if the server remembers it otherwise. */
	restate(known: ProducerInfo): void {
		if (!sameState(known, this.#told)) this.#state(this.#told);
	}

	close(): void {
		this.#feeding.close();
		this.#plan.close();
		this.#producer.close();
	}

	async #carry(feed: Feed): Promise<void> {
		const { track, paused, failed } = feed;
		// A track that has ended is followed by another feed.
		if (this.#producer.closed || track?.readyState === 'ended') return;
		try {
			await this.#producer.replaceTrack({ track });
		} catch {
			if (this.#producer.closed || this.#feed !== feed) return;
			this.#become({ paused: true });
			failed?.();
			return;
		}
		this.#carried = track;
		if (this.#feed === feed) this.#become({ paused });
		else if (track && this.#feed?.paused) track.enabled = false;
	}

	#become(change: Partial<ProducerState>): void {
		const told = { ...this.#told, ...change };
		if (sameState(told, this.#told)) return;
		this.#told = told;
		this.#replan();
		this.#state(told);
	}

	#replan(): void {
		const { width, height } = this.#told;
		void this.#plan.set({
			layers: layersOf(width, height),
			demand: this.#demand,
			rate: this.#rate,
			layering: this.#layering,
		});
	}
}

/** The size of a track's picture; null if it has none or does not know it. */
export function pictureSize(track: MediaStreamTrack | null): PictureSize | null {
	const { width, height } = ifPossible(() => track?.getSettings()) ?? {};
	return width && height ? { width, height } : null;
}

function sameState(
	a: Omit<ProducerState, 'producerId'>,
	b: Omit<ProducerState, 'producerId'>,
): boolean {
	return a.paused === b.paused && a.width === b.width && a.height === b.height;
}
