import type { ProducerOptions } from 'mediasoup-client/types';
import { CodedError } from '#shared/errors.ts';
import type { ProducerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import { musicCodecOptions, shareEncodings, shareRate, shareSettling } from './encodings.ts';
import { LatestWins } from './latestWins.ts';
import type { ShareMode } from '../model.ts';
import type { OwnProducer } from './ownProducer.ts';

/** What is shared of the screen. */
export type ShareFeed = {
	video: MediaStreamTrack;
	audio: MediaStreamTrack | null;
	mode: ShareMode;
	/** The server does not take it, or it could not be sent. */
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

/** What is sent of a share: producers of its own, which come and go with it. */
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

	/** What is shared now; null ends it. Resolves when that is so. */
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
		// Both are waited for, so that what comes next finds whatever came of them.
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

	/** Says what the share may take: first as new as it is, and a moment later as settled. */
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
