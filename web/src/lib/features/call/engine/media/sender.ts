import type { ProducerOptions } from 'mediasoup-client/types';
import type { CodedError } from '#shared/errors.ts';
import { newProducerId, type ProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import {
	cameraCodecOptions,
	encodingsFor,
	layersOf,
	microphoneCodecOptions,
	musicCodecOptions,
	type PictureSize,
	type SendCodec,
} from './encodings.ts';
import { LatestWins } from './latestWins.ts';
import type { Demand } from '../statistics/statisticsModel.ts';
import { OwnProducer, pictureSize, type Feed, type ProducerState } from './ownProducer.ts';
import { ShareSending, type ShareFeed } from './shareSending.ts';
import type { PlaceholderTracks } from './placeholderTracks.ts';
import type { Transports } from './transports.ts';

/** Sources that are sent from the lobby on, as long as the session lasts. */
export type OwnSource = Extract<MediaSource, 'microphone' | 'camera'>;

/** A producer of this client, as statistics name it. */
export type SentStream = {
	producerId: ProducerId;
	source: MediaSource;
	mid: string;
	demand: Demand;
};

const noPicture: PictureSize = { width: 0, height: 0 };
const off: Feed = { track: null, paused: true };

/** mediasoup-client leaves the tracks alone: they belong to the devices. */
const handsOff = { stopTracks: false, disableTrackOnPause: false, zeroRtpOnPause: false } as const;

/**
 * The media that this client sends. In the lobby it is black pictures and silence. After `goLive`, the tracks of the
 * devices replace them in the same producers. A share has producers of its own, which exist only during the share.
 */
export class Sender {
	readonly #transports: Transports;
	readonly #unheard: (error: CodedError) => void;
	readonly #producers = new Map<MediaSource, OwnProducer>();
	readonly #feeds = new Map<OwnSource, Feed>();
	readonly #demands = new Map<ProducerId, Demand>();
	readonly #share = new ShareSending({
		get: (source) => this.#producers.get(source),
		end: (source) => this.#end(source),
		make: (source, track, options, refused) => {
			const told = { paused: false, ...(pictureSize(track) ?? noPicture) };
			const codec = source === 'screen' ? this.#codec.codec : undefined;
			return this.#produce(source, told, { track, codec, ...options }, refused);
		},
	});
	#codec: SendCodec;
	#placeholders: PlaceholderTracks | null = null;
	#live = false;
	/** The sources whose producer is being made. */
	readonly #making = new Set<OwnSource>();
	/** Whether the microphone gives music, and not a voice. */
	#music = false;
	readonly #musicNext = new LatestWins<boolean>((music) => this.#useMusic(music));
	#starting: Promise<unknown> = Promise.resolve();
	#closed = false;

	/**
	 * @param codec What videos are sent in.
	 * @param unheard The server does not take the microphone as it is.
	 */
	constructor(transports: Transports, codec: SendCodec, unheard: (error: CodedError) => void) {
		this.#transports = transports;
		this.#codec = codec;
		this.#unheard = unheard;
	}

	/** The streams that are sent now. */
	get streams(): SentStream[] {
		return Array.from(this.#producers, ([source, { producerId, mid, demanded }]) => {
			return { producerId, source, mid, demand: demanded };
		});
	}

	/** Produces black and silence. Resolves when both are stated to the server. */
	async start(placeholders: PlaceholderTracks): Promise<void> {
		this.#placeholders = placeholders;
		this.#starting = Promise.all([
			this.#produceMicrophone(placeholders),
			this.#produceCamera(placeholders),
		]);
		await this.#starting;
		// The devices may have said something while this was being made, and the person may have joined.
		if (this.#live) this.#sendDevices();
		else for (const [source, feed] of this.#feeds) void this.feed(source, feed);
	}

	/** Sends the devices that are on, and the share, from now on. */
	goLive(): void {
		this.#live = true;
		this.#sendDevices();
		this.#share.goLive();
	}

	#sendDevices(): void {
		for (const source of ['microphone', 'camera'] as const) {
			const own = this.#producers.get(source);
			void own?.feed(this.#feedOf(source));
			own?.demand(this.#demands.get(own.producerId));
		}
	}

	/** What a device provides now. Resolves when it is sent, if it is to be sent, or the feed knows that it could not be. */
	async feed(source: OwnSource, feed: Feed): Promise<void> {
		this.#feeds.set(source, feed);
		const producer = this.#producers.get(source);
		if (this.#live && producer) return producer.feed(feed);
		if (this.#live && feed.track) return this.#makeAgain(source);
		const size = pictureSize(feed.track);
		if (!size) return;
		this.#placeholders?.resize(size);
		producer?.resize(size);
	}

	/** Changes the share; null ends it. Resolves when that is done. */
	share(feed: ShareFeed | null): Promise<void> {
		return this.#share.set(feed);
	}

	/**
	 * Videos are sent in this codec from now on: each by another producer in place of the one there is. Calls must
	 * not overlap.
	 */
	async use(codec: SendCodec): Promise<void> {
		if (this.#closed || codec.codec?.mimeType === this.#codec.codec?.mimeType) return;
		this.#codec = codec;
		if (this.#placeholders) await this.#renew('camera', this.#placeholders);
		await this.#share.renew();
	}

	/** The microphone gives music from now on, or a voice: it is sent by another producer in place of the one there is. */
	setMusic(on: boolean): void {
		void this.#musicNext.set(on);
	}

	/** How much of a video anyone wants. */
	demand(producerId: ProducerId, demand: Demand): void {
		this.#demands.set(producerId, demand);
		if (!this.#live) return;
		for (const own of this.#producers.values()) {
			if (own.producerId === producerId) own.demand(demand);
		}
	}

	/** The signalling is lost, and with it any change of demand: all layers are sent. */
	forgetDemand(): void {
		for (const producerId of this.#demands.keys()) this.demand(producerId, undefined);
	}

	/** After a resume, corrects the producers of this client as the server knows them. */
	restate(known: readonly ProducerInfo[]): void {
		for (const own of this.#producers.values()) {
			const info = known.find(({ producerId }) => producerId === own.producerId);
			if (info) own.restate(info);
			else this.#transports.stateProducer(own.producerId);
		}
	}

	close(): void {
		this.#closed = true;
		this.#musicNext.close();
		this.#share.close();
		for (const own of this.#producers.values()) own.close();
		this.#producers.clear();
	}

	#end(source: MediaSource): void {
		const own = this.#producers.get(source);
		if (!own) return;
		this.#producers.delete(source);
		this.#demands.delete(own.producerId);
		this.#transports.stateEnd(own.producerId);
		own.close();
	}

	async #useMusic(music: boolean): Promise<void> {
		if (music === this.#music) return;
		this.#music = music;
		if (!this.#placeholders) return;
		await this.#starting;
		if (!this.#closed) await this.#renew('microphone', this.#placeholders);
	}

	async #renew(source: OwnSource, placeholders: PlaceholderTracks): Promise<void> {
		this.#end(source);
		try {
			if (source === 'camera') await this.#produceCamera(placeholders);
			else await this.#produceMicrophone(placeholders);
		} catch {
			// The device shows the problem. Turning it on again makes a new producer.
			if (!this.#closed) this.#feedOf(source).failed?.();
		}
		// It may have changed while this was being made.
		if (this.#live) await this.#producers.get(source)?.feed(this.#feedOf(source));
	}

	/** It could not be made when it was to be sent in another way: another try. */
	async #makeAgain(source: OwnSource): Promise<void> {
		if (this.#placeholders && !this.#making.has(source) && !this.#closed)
			await this.#renew(source, this.#placeholders);
	}

	#feedOf(source: OwnSource): Feed {
		return this.#feeds.get(source) ?? off;
	}

	/** Makes the producer of the microphone, which carries silence at first. */
	async #produceMicrophone({ audio }: PlaceholderTracks): Promise<void> {
		const told = { paused: this.#live && this.#feedOf('microphone').paused, ...noPicture };
		const codecOptions = this.#music ? musicCodecOptions : microphoneCodecOptions;
		this.#making.add('microphone');
		try {
			await this.#produce('microphone', told, { track: audio, codecOptions }, (_, error) =>
				this.#unheard(error),
			);
		} finally {
			this.#making.delete('microphone');
		}
	}

	/** Makes the producer of the camera, which carries black at first. */
	async #produceCamera(placeholders: PlaceholderTracks): Promise<void> {
		const { codec, layering } = this.#codec;
		const { paused, track } = this.#feedOf('camera');
		const told = {
			paused: this.#live && paused,
			...(pictureSize(track) ?? placeholders.size),
		};
		this.#making.add('camera');
		try {
			await this.#produce('camera', told, {
				track: placeholders.video,
				codec,
				encodings: [...encodingsFor(layering)],
				codecOptions: cameraCodecOptions,
			});
		} finally {
			this.#making.delete('camera');
		}
	}

	async #produce(
		source: MediaSource,
		state: Omit<ProducerState, 'producerId'>,
		options: ProducerOptions,
		refused?: (producerId: ProducerId, error: CodedError) => void,
	): Promise<void> {
		const producerId = newProducerId();
		const told = { producerId, ...state };
		const layers = ({ width, height }: PictureSize) =>
			source === 'screen' ? 1 : layersOf(width, height);
		const producer = await this.#transports.produce(
			{ source, ...told, layers: layers(told) },
			{ ...options, ...handsOff },
			refused && ((error) => refused(producerId, error)),
		);
		const own = new OwnProducer(producer, told, {
			layering: source === 'camera' ? this.#codec.layering : 'simulcast',
			state: (update) => this.#transports.stateUpdate({ ...update, layers: layers(update) }),
		});
		if (this.#closed) return own.close();
		this.#producers.set(source, own);
		// Black pictures are encoded as the camera will be: setting up the encoder again on Join takes longer than all the
		// rest.
		own.demand(this.#live ? this.#demands.get(producerId) : undefined);
	}
}
