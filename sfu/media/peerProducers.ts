import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { parseScalabilityMode } from 'mediasoup';
import type { Producer, RtpCapabilities, Transport } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import { kindOfSource, type MediaSource } from '#shared/mediaSource.ts';
import type { Parsed } from '#shared/protocol.ts';
import { checkDescription } from './description.ts';
import { ifClosed, refusedAsBadMedia, type Refusals } from './engineErrors.ts';
import type { Offer } from './wants.ts';

/**
 * The least time between two requests for a key frame to one sender, in ms (R214). The first one goes at once: it is for all
 * who ask meanwhile.
 */
const keyFrameRequestDelay = 1000;

/** A producer with what its owner says of it. */
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
		// In one encoding without sizes its owner sends the largest that anybody wants.
		const layers = this.#layers === 1 ? sent : Math.min(this.#layers, sent);
		return { producerId, peerId: this.#peerId, kind, isShare, layers, width, height };
	}
}

type ProducersEvents = {
	added: [ProducerInfo];
	updated: [ProducerInfo];
	/** Its picture comes in other sizes now. */
	resized: [];
	closed: [ProducerId];
};

/** What one peer sends. */
export class PeerProducers extends EventEmitter<ProducersEvents> {
	readonly #peerId: PeerId;
	readonly #transport: Pick<Transport, 'closed' | 'produce'>;
	readonly #routerCapabilities: RtpCapabilities;
	readonly #refusals: Refusals;
	readonly #cname: string;
	readonly #entries = new Map<ProducerId, Entry>();

	/** @param cname the name of the source of all that it sends, which everybody receives with it. */
	constructor(
		peerId: PeerId,
		transport: Pick<Transport, 'closed' | 'produce'>,
		routerCapabilities: RtpCapabilities,
		refusals: Refusals,
		cname: string = peerId,
	) {
		super();
		this.#peerId = peerId;
		this.#transport = transport;
		this.#routerCapabilities = routerCapabilities;
		this.#refusals = refusals;
		this.#cname = cname;
	}

	get infos(): ProducerInfo[] {
		return [...this.#entries.values()].map((entry) => entry.info);
	}

	get offers(): Offer[] {
		return [...this.#entries.values()].map((entry) => entry.offer);
	}

	/** Adds a producer that everybody could consume (R210), or does nothing if this one exists already (R24). */
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
		// Browsers keep in step what is of one stream: nobody names that of somebody else.
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
					keyFrameRequestDelay,
				}),
		);
		const info = { producerId, source, paused, width, height };
		this.#entries.set(producerId, new Entry(this.#peerId, producer, info, layers));
		producer.observer.once('close', () => {
			this.#entries.delete(producerId);
			this.emit('closed', producerId);
		});
		this.emit('added', info);
	}

	/** States how a producer is now (R25). */
	async update({ layers, ...input }: Parsed<'media:update'>): Promise<void> {
		const entry = this.#own(input.producerId);
		const [before, offer] = [entry.info, entry.offer];
		const info = { ...before, ...input };
		entry.info = info;
		entry.sent = layers ?? entry.sent;
		if (!isDeepStrictEqual(entry.offer, offer)) this.emit('resized');
		if (isDeepStrictEqual(info, before)) return;
		this.emit('updated', info);
		const { producer } = entry;
		await (info.paused ? producer.pause() : producer.resume()).catch(ifClosed(producer));
	}

	/** One's microphone, as the engine has it. */
	get microphone(): Producer | undefined {
		return this.#from(['microphone'])[0]?.producer;
	}

	/** Where this one's media comes from. */
	sourceOf(producerId: ProducerId): MediaSource | undefined {
		return this.#entries.get(producerId)?.info.source;
	}

	/**
	 * Pauses what comes from this source, whatever its owner says of it. Never rejects: what the engine does not pause ends.
	 *
	 * @returns those that it did not find paused.
	 */
	async pauseSource(source: MediaSource): Promise<ProducerId[]> {
		const flowing = this.#from([source]).filter(({ info }) => !info.paused);
		for (const entry of flowing) {
			entry.info = { ...entry.info, paused: true };
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

	/** Ends what comes from these sources. @returns what there was. */
	closeSources(sources: readonly MediaSource[]): ProducerId[] {
		const entries = this.#from(sources);
		for (const { producer } of entries) producer.close();
		return entries.map(({ info }) => info.producerId);
	}

	/** Ends a producer (R26). */
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
