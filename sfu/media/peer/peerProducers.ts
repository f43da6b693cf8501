import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { parseScalabilityMode } from 'mediasoup';
import type { Producer, RtpCapabilities, Transport } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import { kindOfSource, type MediaSource } from '#shared/mediaSource.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { Log } from '../../platform/log.ts';
import type { Pipes } from '../worker/pipes.ts';
import { badMedia, checkDescription } from './description.ts';
import { ifClosed, refusedAsBadMedia, type Refusals } from './engineErrors.ts';
import type { Offer } from './wants.ts';

/**
 * The least time between two requests for a key frame to one sender, in ms (MEDIA-19). The first one goes at once. Its key frame
 * serves all viewers that ask meanwhile.
 */
const usualKeyFrameInterval = 1000;

/** How the producers of a peer differ from others. */
export type ProducerSettings = {
	/** The RTCP CNAME of all its tracks, which every viewer receives; the id of the peer unless given. */
	cname?: string;
	/** The least time between two requests for a key frame to it, in ms. */
	keyFrameInterval?: number;
};

/** A producer with what its owner stated about it. */
class Entry {
	readonly producer: Producer;
	/** Layers that were negotiated. */
	readonly #layers: number;
	readonly #peerId: PeerId;
	info: ProducerInfo;
	/** Layers that its owner sends at the moment. */
	sent: number | undefined;

	constructor(peerId: PeerId, producer: Producer, info: ProducerInfo, sent: number | undefined) {
		this.#peerId = peerId;
		this.producer = producer;
		this.info = info;
		this.sent = sent;
		const encodings = producer.rtpParameters.encodings ?? [];
		this.#layers =
			producer.type === 'simulcast'
				? encodings.length
				: parseScalabilityMode(encodings[0]?.scalabilityMode).spatialLayers;
	}

	get offer(): Offer {
		const { producerId, width, height, source } = this.info;
		const { kind } = this.producer;
		const isShare = source === 'screen';
		const sent = this.sent ?? this.#layers;
		// With a single encoding the owner sends the largest layer that is requested.
		const layers = this.#layers === 1 ? sent : Math.min(this.#layers, sent);
		return { producerId, peerId: this.#peerId, kind, isShare, layers, width, height };
	}
}

type ProducersEvents = {
	added: [ProducerInfo];
	updated: [ProducerInfo];
	/** The sizes of a video changed. */
	resized: [];
	closed: [ProducerId];
};

/** What one peer sends. */
export class PeerProducers extends EventEmitter<ProducersEvents> {
	readonly #peerId: PeerId;
	readonly #transport: Pick<Transport, 'closed' | 'produce'>;
	readonly #routerCapabilities: RtpCapabilities;
	readonly #pipes: Pick<Pipes, 'has'>;
	readonly #refusals: Refusals;
	readonly #log: Log;
	readonly #cname: string;
	readonly #keyFrameInterval: number;
	readonly #entries = new Map<ProducerId, Entry>();

	/** @param pipes know the producers of all routers. */
	constructor(
		peerId: PeerId,
		transport: Pick<Transport, 'closed' | 'produce'>,
		routerCapabilities: RtpCapabilities,
		pipes: Pick<Pipes, 'has'>,
		refusals: Refusals,
		log: Log,
		{ cname = peerId, keyFrameInterval = usualKeyFrameInterval }: ProducerSettings = {},
	) {
		super();
		this.#peerId = peerId;
		this.#transport = transport;
		this.#routerCapabilities = routerCapabilities;
		this.#pipes = pipes;
		this.#refusals = refusals;
		this.#log = log;
		this.#cname = cname;
		this.#keyFrameInterval = keyFrameInterval;
	}

	get infos(): ProducerInfo[] {
		return [...this.#entries.values()].map((entry) => entry.info);
	}

	get offers(): Offer[] {
		return [...this.#entries.values()].map((entry) => entry.offer);
	}

	/** Adds a producer that all peers could consume (MEDIA-15), or does nothing if it exists already (MEDIA-2). */
	async produce(input: Parsed<'media:produce'>): Promise<void> {
		const { producerId, source, paused, width, height, layers, rtpParameters } = input;
		const known = this.#entries.get(producerId);
		if (known) {
			if (known.info.source === source) return;
			throw new CodedError('CONFLICT');
		}
		if (this.infos.some((info) => info.source === source)) throw new CodedError('CONFLICT');
		const kind = kindOfSource[source];
		checkDescription(kind, rtpParameters, this.#routerCapabilities);
		if (this.#pipes.has(producerId)) throw badMedia('the id belongs to another producer');
		// Browsers synchronise the tracks of one stream: the server names the stream, so that no peer names another's.
		const named = {
			...rtpParameters,
			rtcp: { ...rtpParameters.rtcp, cname: this.#cname },
			msid: `${this.#peerId} ${producerId}`,
		};
		const producer = await refusedAsBadMedia(
			() => !this.#transport.closed,
			() =>
				this.#transport.produce({
					id: producerId,
					kind,
					rtpParameters: named,
					paused,
					keyFrameRequestDelay: this.#keyFrameInterval,
				}),
		);
		const info = { producerId, source, paused, width, height };
		const about = { producer: producerId, source };
		this.#log.debug(
			{ ...about, paused, codec: rtpParameters.codecs[0]?.mimeType },
			'producer made',
		);
		this.#entries.set(producerId, new Entry(this.#peerId, producer, info, layers));
		producer.observer.once('close', () => {
			this.#entries.delete(producerId);
			this.#log.debug(about, 'producer closed');
			this.emit('closed', producerId);
		});
		this.emit('added', info);
	}

	/** States how a producer is now (MEDIA-3). */
	async update({ layers, ...input }: Parsed<'media:update'>): Promise<void> {
		const entry = this.#own(input.producerId);
		const [before, offer] = [entry.info, entry.offer];
		const info = { ...before, ...input };
		entry.info = info;
		entry.sent = layers ?? entry.sent;
		const { producerId: id, source, paused, width, height } = info;
		this.#log.debug({ producer: id, source, paused, width, height, layers }, 'producer updated');
		if (!isDeepStrictEqual(entry.offer, offer)) this.emit('resized');
		if (isDeepStrictEqual(info, before)) return;
		this.emit('updated', info);
		const { producer } = entry;
		await (info.paused ? producer.pause() : producer.resume()).catch(ifClosed(producer));
	}

	/** The producer of the microphone. */
	get microphone(): Producer | undefined {
		return this.#from(['microphone'])[0]?.producer;
	}

	/** The source of a producer. */
	sourceOf(producerId: ProducerId): MediaSource | undefined {
		return this.#entries.get(producerId)?.info.source;
	}

	/**
	 * Pauses the producer of this source against the will of its owner. Never rejects: a producer that the engine does not pause is closed.
	 *
	 * @returns the producers that were not paused before.
	 */
	async pauseSource(source: MediaSource): Promise<ProducerId[]> {
		const flowing = this.#from([source]).filter(({ info }) => !info.paused);
		for (const entry of flowing) {
			entry.info = { ...entry.info, paused: true };
			this.#log.debug({ producer: entry.info.producerId, source }, 'producer paused by a host');
			this.emit('updated', entry.info);
		}
		await Promise.all(
			flowing.map(({ producer }) =>
				producer.pause().catch((error: unknown) => {
					if (producer.closed) return;
					const producerId = producer.id as ProducerId;
					this.#refusals.note(error, { producerId, peer: this.#peerId });
					producer.close();
				}),
			),
		);
		return flowing.map(({ info }) => info.producerId);
	}

	/** Closes the producers of these sources. @returns their ids. */
	closeSources(sources: readonly MediaSource[]): ProducerId[] {
		const entries = this.#from(sources);
		for (const { producer } of entries) producer.close();
		return entries.map(({ info }) => info.producerId);
	}

	/** Ends a producer (MEDIA-4). */
	closeProducer(producerId: ProducerId): void {
		this.#own(producerId).producer.close();
	}

	#from(sources: readonly MediaSource[]): Entry[] {
		return [...this.#entries.values()].filter(({ info }) => sources.includes(info.source));
	}

	#own(producerId: ProducerId): Entry {
		const entry = this.#entries.get(producerId);
		if (!entry) throw new CodedError('NOT_FOUND');
		return entry;
	}
}
