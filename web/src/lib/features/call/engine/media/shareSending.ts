import type { ProducerOptions } from 'mediasoup-client/types';
import { CodedError } from '#shared/errors.ts';
import type { ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import { musicCodecOptions, shareEncodings, shareRate, shareSettling } from './encodings.ts';
import { LatestWins } from './latestWins.ts';
import type { ShareMode } from '../model.ts';
import type { OwnProducer } from './ownProducer.ts';

/** The tracks of a share, and its mode. */
export type ShareFeed = {
	video: MediaStreamTrack;
	audio: MediaStreamTrack | null;
	mode: ShareMode;
	/** The server refused the share, or it could not be sent. */
	failed: (error: CodedError) => void;
};

type ShareSource = Extract<MediaSource, 'screen' | 'screen-audio'>;

/** Where the producers of a share are. */
type Producers = {
	get(source: ShareSource): OwnProducer | undefined;
	make(
		source: ShareSource,
		track: MediaStreamTrack,
		options: ProducerOptions,
		refused: (producerId: ProducerId, error: CodedError) => void,
	): Promise<void>;
	end(source: ShareSource): void;
};

/** Sends a share: with producers of its own, which exist only during the share. */
export class ShareSending {
	readonly #producers: Producers;
	readonly #carrying = new LatestWins<ShareFeed | null>((feed) => this.#carryAll(feed));
	#feed: ShareFeed | null = null;
	#live = false;
	#settled = false;
	#settling: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	constructor(producers: Producers) {
		this.#producers = producers;
	}

	/** Changes the share; null ends it. Resolves when that is done. */
	async set(feed: ShareFeed | null): Promise<void> {
		this.#feed = feed;
		if (this.#live) await this.#carrying.set(feed);
	}

	/** From now on it is sent. */
	goLive(): void {
		this.#live = true;
		if (this.#feed) void this.#carrying.set(this.#feed);
	}

	/** Sends the picture by another producer, which is made as producers are made now. */
	async renew(): Promise<void> {
		this.#producers.end('screen');
		if (this.#live && this.#feed) await this.#carrying.set(this.#feed);
	}

	close(): void {
		this.#closed = true;
		this.#carrying.close();
		this.#unsettle();
	}

	async #carryAll(feed: ShareFeed | null): Promise<void> {
		if (this.#closed) return;
		if (!feed) {
			this.#unsettle();
			this.#producers.end('screen');
			this.#producers.end('screen-audio');
			return;
		}
		const { video, audio, mode } = feed;
		const streamId = `share-${video.id}`;
		// Waits for both, so that the next step sees the outcome of both.
		const parts = await Promise.allSettled([
			this.#carry('screen', video, () => ({ streamId, encodings: shareEncodings(mode) })),
			this.#carry('screen-audio', audio, () => ({
				streamId,
				codecOptions: musicCodecOptions,
			})),
		]);
		this.#limit();
		const failed = parts.some(({ status }) => status === 'rejected');
		if (failed && this.#feed === feed && !this.#closed) feed.failed(new CodedError('BAD_MEDIA'));
	}

	/** Makes, feeds or ends the producer of a part of the share. */
	async #carry(
		source: ShareSource,
		track: MediaStreamTrack | null,
		options: () => ProducerOptions,
	): Promise<void> {
		if (!track) return this.#producers.end(source);
		const own = this.#producers.get(source);
		const refused = (producerId: ProducerId, error: CodedError): void => {
			const current = this.#producers.get(source)?.producerId ?? producerId;
			if (current === producerId) this.#feed?.failed(error);
		};
		if (!own) return this.#producers.make(source, track, options(), refused);
		const failed = () => refused(own.producerId, new CodedError('BAD_MEDIA'));
		await own.feed({ track, paused: false, failed });
	}

	/** Limits the bitrate of the share: at first as new, and a moment later as settled. */
	#limit(): void {
		const own = this.#producers.get('screen');
		if (!own || !this.#feed) return;
		own.limit(shareRate(this.#feed.mode, this.#settled ? 'settled' : 'new'));
		if (this.#settled) return;
		this.#settling ??= setTimeout(() => {
			this.#settled = true;
			this.#limit();
		}, shareSettling);
	}

	#unsettle(): void {
		if (this.#settling !== null) clearTimeout(this.#settling);
		this.#settling = null;
		this.#settled = false;
	}
}
