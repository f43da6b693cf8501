import type { Consumer } from 'mediasoup-client/types';
import type { ConsumerId } from '#shared/ids.ts';
import { mark } from '../statistics/marks.ts';

/** When to ask for a key frame where no picture came: milliseconds after the one before. */
const pauses = [300, 400, 800, 1500, 3000, 6000] as const;

/** Of how many videos the first picture is watched for: any of them may have its camera off. */
const watched = 4;

type Awaited = { consumer: Consumer; tries: number; timer: ReturnType<typeof setTimeout> | null };

/**
 * Waits for the first picture of new videos and asks for it again where it does not come: a key frame
 * may be lost, or have been sent a moment too early.
 */
export class FirstFrames {
	readonly #ask: (consumerIds: ConsumerId[]) => void;
	readonly #expected: (consumerId: ConsumerId) => boolean;
	readonly #awaited = new Map<ConsumerId, Awaited>();
	#endWatch: (() => void) | null = null;
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

	/** Marks the moment in which the first of these shows a picture, unless one was shown before. */
	markFirst(consumers: readonly Consumer[]): void {
		if (this.#marked || consumers.length === 0) return;
		this.#endWatch?.();
		const ends = consumers.slice(0, watched).map(({ track }) =>
			whenPictured(track, () => {
				this.#marked = true;
				mark('first-frame');
				this.#endWatch?.();
			}),
		);
		this.#endWatch = () => ends.forEach((end) => end());
	}

	/** The next first picture belongs to the next partner. */
	restart(): void {
		this.#endWatch?.();
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
		this.#endWatch?.();
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

/**
 * Calls back once when a picture of the track is presented, seen by a video element of its own that is
 * on no page.
 *
 * @returns what ends the watch early.
 */
function whenPictured(track: MediaStreamTrack, callback: () => void): () => void {
	const video = document.createElement('video');
	const end = (): void => {
		video.srcObject = null;
	};
	const onPicture = (): void => {
		callback();
		end();
	};
	video.muted = true;
	video.playsInline = true;
	video.srcObject = new MediaStream([track]);
	if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(onPicture);
	else Object.assign(video, { onloadeddata: onPicture });
	// A video that may not play shows no first picture, and nothing but a measurement waits for it.
	video.play().catch(() => undefined);
	return end;
}
