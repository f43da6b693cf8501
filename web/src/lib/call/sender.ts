import type { ProducerOptions } from 'mediasoup-client/types';
import { newProducerId, type ProducerId } from '#shared/ids.ts';
import type { MediaSource, ProducerInfo } from '#shared/media.ts';
import {
	cameraCodecOptions,
	cameraEncodings,
	layersOf,
	microphoneCodecOptions,
	type Demand,
	type PictureSize,
} from './encodings.ts';
import { OwnProducer, pictureSize, type Feed } from './ownProducer.ts';
import type { Ask } from './signal.ts';
import type { Silence } from './silence.ts';
import type { Statements } from './statements.ts';
import type { Transports } from './transports.ts';

export type OwnSource = Extract<MediaSource, 'microphone' | 'camera'>;

const noPicture: PictureSize = { width: 0, height: 0 };

/** mediasoup-client is told to leave the tracks alone: they belong to the devices. */
const handsOff = { stopTracks: false, disableTrackOnPause: false, zeroRtpOnPause: false } as const;

/**
 * What this client sends. In the lobby black and silence; nothing else until `goLive`, after which the
 * devices' own tracks take their place in the same producers.
 */
export class Sender {
	readonly #transports: Transports;
	readonly #statements: Statements;
	readonly #ask: Ask;
	readonly #producers = new Map<OwnSource, OwnProducer>();
	readonly #feeds = new Map<OwnSource, Feed>();
	readonly #demands = new Map<ProducerId, Demand>();
	#silence: Silence | null = null;
	#live = false;

	constructor(transports: Transports, statements: Statements, ask: Ask) {
		this.#transports = transports;
		this.#statements = statements;
		this.#ask = ask;
	}

	/** Produces black and silence. Resolves when both are stated to the server. */
	async start(silence: Silence): Promise<void> {
		this.#silence = silence;
		await Promise.all([
			this.#produce('microphone', noPicture, {
				track: silence.audio,
				codecOptions: microphoneCodecOptions,
			}),
			this.#produce('camera', silence.size, {
				track: silence.video,
				encodings: [...cameraEncodings],
				codecOptions: cameraCodecOptions,
			}),
		]);
	}

	/** From now on the devices are sent, as far as they are on. */
	goLive(): void {
		this.#live = true;
		for (const [source, own] of this.#producers) {
			own.feed(this.#feeds.get(source) ?? { track: null, paused: true });
			own.demand(this.#demands.get(own.producerId));
		}
	}

	/** What a device gives now. */
	feed(source: OwnSource, feed: Feed): void {
		this.#feeds.set(source, feed);
		const producer = this.#producers.get(source);
		if (this.#live) return producer?.feed(feed);
		const size = pictureSize(feed.track);
		if (!size) return;
		this.#silence?.resize(size);
		producer?.resize(size);
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
		for (const own of this.#producers.values()) own.close();
		this.#producers.clear();
	}

	async #produce(source: OwnSource, size: PictureSize, options: ProducerOptions): Promise<void> {
		const producerId = newProducerId();
		const told = { producerId, paused: false, ...size };
		const producer = await this.#transports.produce(
			{ source, ...told, layers: layersOf(size.width, size.height) },
			{ ...options, ...handsOff },
		);
		const own = new OwnProducer(producer, told, (update) => {
			const layers = layersOf(update.width, update.height);
			const stated = { ...update, layers };
			this.#statements.state(`update:${producerId}`, () => this.#ask('media:update', stated));
		});
		this.#producers.set(source, own);
		// The devices may have said something while this was being made.
		const feed = this.#feeds.get(source);
		if (feed) this.feed(source, feed);
	}
}
