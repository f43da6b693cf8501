import type { ProducerOptions } from 'mediasoup-client/types';
import { CodedError } from '#shared/errors.ts';
import { newProducerId, type ProducerId } from '#shared/ids.ts';
import type { MediaSource, ProducerInfo } from '#shared/media.ts';
import {
	cameraCodecOptions,
	cameraEncodings,
	layersOf,
	microphoneCodecOptions,
	shareAudioCodecOptions,
	shareEncodings,
	shareRate,
	shareSettling,
	type Demand,
	type PictureSize,
} from './encodings.ts';
import { Latest } from './latest.ts';
import type { ShareMode } from './model.ts';
import { OwnProducer, pictureSize, type Feed } from './ownProducer.ts';
import type { Silence } from './silence.ts';
import type { Transports } from './transports.ts';

/** Sources that are sent from the lobby on, as long as the stay lasts. */
export type OwnSource = Extract<MediaSource, 'microphone' | 'camera'>;

/** What is shared of the screen. */
export type ShareFeed = {
	video: MediaStreamTrack;
	audio: MediaStreamTrack | null;
	mode: ShareMode;
	/** The server does not take it, or it could not be sent. */
	failed: (error: CodedError) => void;
};

/** One of one's own producers, as statistics name it. */
export type SentStream = {
	producerId: ProducerId;
	source: MediaSource;
	mid: string;
	demand: Demand;
};

const noPicture: PictureSize = { width: 0, height: 0 };

/** mediasoup-client is told to leave the tracks alone: they belong to the devices. */
const handsOff = { stopTracks: false, disableTrackOnPause: false, zeroRtpOnPause: false } as const;

/**
 * What this client sends. In the lobby black and silence; nothing else until `goLive`, after which the
 * devices' own tracks take their place in the same producers. A share has producers of its own, which
 * come and go with it.
 */
export class Sender {
	readonly #transports: Transports;
	readonly #unheard: (error: CodedError) => void;
	readonly #producers = new Map<MediaSource, OwnProducer>();
	readonly #feeds = new Map<OwnSource, Feed>();
	readonly #demands = new Map<ProducerId, Demand>();
	readonly #share = new Latest<ShareFeed | null>((feed) => this.#carryShare(feed));
	#shared: ShareFeed | null = null;
	#shareSettled = false;
	#settling: ReturnType<typeof setTimeout> | null = null;
	#silence: Silence | null = null;
	#live = false;
	#closed = false;

	/** @param unheard The server does not take the microphone as it is. */
	constructor(transports: Transports, unheard: (error: CodedError) => void) {
		this.#transports = transports;
		this.#unheard = unheard;
	}

	/** What is sent at the moment. */
	get streams(): SentStream[] {
		return Array.from(this.#producers, ([source, { producerId, mid, demanded }]) => {
			return { producerId, source, mid, demand: demanded };
		});
	}

	/** Produces black and silence. Resolves when both are stated to the server. */
	async start(silence: Silence): Promise<void> {
		this.#silence = silence;
		await Promise.all([
			this.#produce(
				'microphone',
				noPicture,
				{ track: silence.audio, codecOptions: microphoneCodecOptions },
				(_, error) => this.#unheard(error),
			),
			this.#produce('camera', silence.size, {
				track: silence.video,
				encodings: [...cameraEncodings],
				codecOptions: cameraCodecOptions,
			}),
		]);
		// The devices may have said something while this was being made.
		for (const [source, feed] of this.#feeds) void this.feed(source, feed);
	}

	/** From now on the devices are sent, as far as they are on, and what is shared. */
	goLive(): void {
		this.#live = true;
		for (const source of ['microphone', 'camera'] as const) {
			const own = this.#producers.get(source);
			void own?.feed(this.#feeds.get(source) ?? { track: null, paused: true });
			own?.demand(this.#demands.get(own.producerId));
		}
		if (this.#shared) void this.#share.set(this.#shared);
	}

	/** What a device gives now. Resolves when it is sent, if anything is. */
	async feed(source: OwnSource, feed: Feed): Promise<void> {
		this.#feeds.set(source, feed);
		const producer = this.#producers.get(source);
		if (this.#live) return producer?.feed(feed);
		const size = pictureSize(feed.track);
		if (!size) return;
		this.#silence?.resize(size);
		producer?.resize(size);
	}

	/** What is shared now; null ends it. Resolves when that is so. */
	async share(feed: ShareFeed | null): Promise<void> {
		this.#shared = feed;
		if (this.#live) await this.#share.set(feed);
	}

	/** How much of a video anyone wants. */
	demand(producerId: ProducerId, demand: Demand): void {
		this.#demands.set(producerId, demand);
		if (!this.#live) return;
		for (const own of this.#producers.values()) {
			if (own.producerId === producerId) own.demand(demand);
		}
	}

	/** The signalling is gone, and with it what may be said of demand meanwhile: send it all. */
	forgetDemand(): void {
		for (const producerId of this.#demands.keys()) this.demand(producerId, undefined);
	}

	/** After a return: what the server knows of one's producers, to be put right. */
	restate(known: readonly ProducerInfo[]): void {
		for (const own of this.#producers.values()) {
			const info = known.find(({ producerId }) => producerId === own.producerId);
			if (info) own.restate(info);
			else this.#transports.stateProducer(own.producerId);
		}
	}

	close(): void {
		this.#closed = true;
		this.#share.close();
		this.#unsettle();
		for (const own of this.#producers.values()) own.close();
		this.#producers.clear();
	}

	async #carryShare(feed: ShareFeed | null): Promise<void> {
		if (this.#closed) return;
		if (!feed) {
			this.#unsettle();
			this.#end('screen');
			this.#end('screen-audio');
			return;
		}
		const { video, audio, mode } = feed;
		const streamId = `share-${video.id}`;
		// Both are waited for, so that what comes next finds whatever came of them.
		const parts = await Promise.allSettled([
			this.#carry('screen', video, () => ({
				streamId,
				encodings: shareEncodings(mode),
			})),
			this.#carry('screen-audio', audio, () => ({
				streamId,
				codecOptions: shareAudioCodecOptions,
			})),
		]);
		this.#limitShare();
		const failed = parts.some(({ status }) => status === 'rejected');
		if (failed && this.#shared === feed && !this.#closed) feed.failed(new CodedError('BAD_MEDIA'));
	}

	/** Says what the share may take: first as new as it is, and a moment later as settled. */
	#limitShare(): void {
		const own = this.#producers.get('screen');
		if (!own || !this.#shared) return;
		own.limit(shareRate(this.#shared.mode, this.#shareSettled ? 'settled' : 'new'));
		if (this.#shareSettled) return;
		this.#settling ??= setTimeout(() => {
			this.#shareSettled = true;
			this.#limitShare();
		}, shareSettling);
	}

	#unsettle(): void {
		if (this.#settling !== null) clearTimeout(this.#settling);
		this.#settling = null;
		this.#shareSettled = false;
	}

	/** Makes, feeds or ends the producer of a part of the share. */
	async #carry(
		source: Exclude<MediaSource, OwnSource>,
		track: MediaStreamTrack | null,
		options: () => ProducerOptions,
	): Promise<void> {
		const own = this.#producers.get(source);
		if (!track) return this.#end(source);
		if (own) return own.feed({ track, paused: false });
		const size = pictureSize(track) ?? noPicture;
		await this.#produce(source, size, { track, ...options() }, (producerId, error) => {
			const current = this.#producers.get(source)?.producerId ?? producerId;
			if (current === producerId) this.#shared?.failed(error);
		});
	}

	#end(source: MediaSource): void {
		const own = this.#producers.get(source);
		if (!own) return;
		this.#producers.delete(source);
		this.#demands.delete(own.producerId);
		this.#transports.stateEnd(own.producerId);
		own.close();
	}

	async #produce(
		source: MediaSource,
		size: PictureSize,
		options: ProducerOptions,
		refused?: (producerId: ProducerId, error: CodedError) => void,
	): Promise<void> {
		const producerId = newProducerId();
		const told = { producerId, paused: false, ...size };
		const layers = ({ width, height }: PictureSize) =>
			source === 'screen' ? 1 : layersOf(width, height);
		const producer = await this.#transports.produce(
			{ source, ...told, layers: layers(size) },
			{ ...options, ...handsOff },
			refused && ((error) => refused(producerId, error)),
		);
		const own = new OwnProducer(producer, told, (update) => {
			this.#transports.stateUpdate({ ...update, layers: layers(update) });
		});
		if (this.#closed) return own.close();
		this.#producers.set(source, own);
		if (this.#live) own.demand(this.#demands.get(producerId));
	}
}
