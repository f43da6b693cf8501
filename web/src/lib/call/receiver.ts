import type { Consumer, Transport } from 'mediasoup-client/types';
import type { ConsumerId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, Want } from '#shared/media.ts';
import { FirstFrames } from './firstFrames.ts';
import { Leftovers } from './leftovers.ts';
import { mark } from './marks.ts';
import { diffConsumers } from './reconcile.ts';
import { toEngineParameters } from './rtp.ts';
import type { Ask } from './signal.ts';

/** How long the first pictures get to come before anything is cleared away, in milliseconds. */
export const tidyPause = 1500;

type Received = { info: ConsumerInfo; consumer: Consumer; stream: MediaStream };

/** Something that is received, and the section of the session description in which it is. */
export type ReceivedStream = { producerId: ProducerId; peerId: PeerId; mid: string };

export type ReceiverEvents = {
	/** What is received of this peer changed. */
	changed(peerId: PeerId): void;
	/** Whether this producer is still there, and whether a picture of it is to be expected now. */
	known(producerId: ProducerId): boolean;
	expected(producerId: ProducerId): boolean;
};

/** What this client receives: its ends of the server's consumers. */
export class Receiver {
	readonly #transport: Transport;
	readonly #ask: Ask;
	readonly #events: ReceiverEvents;
	readonly #received = new Map<ConsumerId, Received>();
	readonly #byProducer = new Map<ProducerId, ConsumerId>();
	readonly #building = new Set<ConsumerId>();
	readonly #frames: FirstFrames;
	readonly #leftovers = new Leftovers();
	/** Of people who are about to come in. */
	#ahead = new Set<ProducerId>();
	/** Whether the server's list of peers is known; before, a consumer cannot be out of date. */
	#listed = false;
	#closed = false;

	constructor(transport: Transport, ask: Ask, events: ReceiverEvents) {
		this.#transport = transport;
		this.#ask = ask;
		this.#events = events;
		this.#frames = new FirstFrames(
			(consumerId) => this.#isExpected(consumerId),
			// Where it is not heard, it is asked for again as long as no picture comes.
			(consumerIds) => void this.#ask('media:keyframe', { consumerIds }).catch(() => undefined),
		);
	}

	/** What is received of a producer: the same object for as long as its track is. */
	stream(producerId: ProducerId): MediaStream | null {
		const consumerId = this.#byProducer.get(producerId);
		return (consumerId && this.#received.get(consumerId)?.stream) || null;
	}

	/** What is received at the moment, as statistics name it. */
	get streams(): ReceivedStream[] {
		return Array.from(this.#received.values(), ({ info, consumer }) => {
			return { producerId: info.producerId, peerId: info.peerId, mid: consumer.localId };
		});
	}

	/**
	 * Takes the server's whole list of consumers for the truth, apart from those of people who are about to come in. Resolves
	 * when all of them are built and the request to let media flow is on its way.
	 */
	async reconcile(consumers: readonly ConsumerInfo[]): Promise<void> {
		this.#listed = true;
		const came = consumers.filter(({ producerId }) => this.#ahead.delete(producerId));
		const here = [...this.#received.values()].filter(({ info }) => !this.#isComing(info));
		const ids = here.map(({ info }) => info.consumerId);
		const { gone, kept } = diffConsumers(ids, consumers);
		for (const consumerId of gone) this.#drop(consumerId);
		this.arrive(came.map(({ producerId }) => producerId));
		await this.add(consumers, kept);
	}

	/**
	 * In the lobby: builds what would be received first and says so. The server lets it flow with the join,
	 * which then needs no negotiation.
	 */
	async prepare(consumers: readonly ConsumerInfo[]): Promise<void> {
		const { gone } = diffConsumers(this.#received.keys(), consumers);
		for (const consumerId of gone) this.#drop(consumerId);
		const built = await this.#buildAll(consumers);
		if (this.#closed || built.length === 0) return;
		// Set up before the click, for it takes time; no picture comes before the join.
		const pictures = [...this.#received.values()].filter(({ info }) => info.kind === 'video');
		this.#frames.markFirst(pictures.map(({ consumer }) => consumer));
		// The join may have been answered meanwhile.
		for (const { info } of built) this.#events.changed(info.peerId);
		await this.#resume(built, []);
	}

	/**
	 * Builds what comes as soon as people are in who are about to come in, and says so. The list is the whole of it: what
	 * is not in it any more, and of nobody inside, is closed. They may be in before all is built.
	 */
	async expect(consumers: readonly ConsumerInfo[]): Promise<void> {
		this.#ahead = new Set(consumers.map(({ producerId }) => producerId));
		for (const { info } of [...this.#received.values()])
			if (!this.#isKnown(info.producerId)) this.#drop(info.consumerId);
		await this.add(consumers);
	}

	/** These may show a picture from now on, and were built before: their sender came in, or turned the camera on. */
	arrive(producerIds: Iterable<ProducerId>): void {
		for (const producerId of producerIds) {
			const consumerId = this.#byProducer.get(producerId);
			const received = consumerId && this.#received.get(consumerId);
			if (!received || received.info.kind !== 'video') continue;
			this.#frames.markFirst([received.consumer]);
			this.#frames.await(consumerId, received.consumer);
		}
	}

	/**
	 * Builds the client's ends of new consumers all together, then has them resumed by one request,
	 * together with those in `also`. Resolves when that request is on its way.
	 */
	async add(consumers: readonly ConsumerInfo[], also: readonly ConsumerId[] = []): Promise<void> {
		const built = await this.#buildAll(consumers);
		if (this.#closed) return;
		if (built.length > 0) mark('consumers-built');
		void this.#resume(built, also);
		const expected = built.filter(
			({ info }) => info.kind === 'video' && this.#events.expected(info.producerId),
		);
		this.#frames.markFirst(expected.map(({ consumer }) => consumer));
		for (const peerId of new Set(built.map(({ info }) => info.peerId)))
			this.#events.changed(peerId);
	}

	/**
	 * All that was received has ended on the server, apart from what is of people who are about to come in, and somebody else
	 * comes, whose picture should not wait for the clearing away.
	 */
	expectAnew(): void {
		for (const { info, consumer } of [...this.#received.values()]) {
			if (this.#ahead.has(info.producerId)) continue;
			this.#forget(info);
			this.#leftovers.put(consumer);
		}
		this.#frames.restart();
	}

	/** Closes what belongs to producers that are not wanted any more, or not there. */
	keepOnly(wants: readonly Want[]): void {
		const wanted = new Set(wants.map(({ producerId }) => producerId));
		for (const { info } of [...this.#received.values()])
			if (!wanted.has(info.producerId) && !this.#isComing(info)) this.#drop(info.consumerId);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#frames.close();
		this.#leftovers.close();
		for (const consumerId of [...this.#received.keys()]) this.#drop(consumerId);
	}

	async #buildAll(consumers: readonly ConsumerInfo[]): Promise<Received[]> {
		const fresh = consumers.filter(
			({ consumerId }) => !this.#received.has(consumerId) && !this.#building.has(consumerId),
		);
		const built = await Promise.all(fresh.map((info) => this.#build(info)));
		return built.filter((received) => received !== null);
	}

	async #build(info: ConsumerInfo): Promise<Received | null> {
		const { consumerId, producerId, kind } = info;
		this.#building.add(consumerId);
		try {
			const consumer = await this.#transport.consume({
				id: consumerId,
				producerId,
				kind,
				rtpParameters: toEngineParameters(info.rtpParameters),
			});
			if (this.#closed || (this.#listed && !this.#isKnown(producerId))) {
				consumer.close();
				return null;
			}
			const received = { info, consumer, stream: new MediaStream([consumer.track]) };
			this.#received.set(consumerId, received);
			this.#byProducer.set(producerId, consumerId);
			return received;
		} catch {
			// The transport was closed meanwhile, or the browser cannot take this one: the others count.
			return null;
		} finally {
			this.#building.delete(consumerId);
		}
	}

	async #resume(built: readonly Received[], also: readonly ConsumerId[]): Promise<void> {
		const consumerIds = [...built.map(({ info }) => info.consumerId), ...also];
		if (consumerIds.length === 0) return;
		try {
			await this.#ask('media:resume', { consumerIds });
		} catch {
			// The connection was lost: the next join answers with these, and they are resumed then.
			return;
		}
		if (this.#closed) return;
		mark('resumed');
		for (const consumerId of consumerIds) {
			const received = this.#received.get(consumerId);
			if (received?.info.kind === 'video') this.#frames.await(consumerId, received.consumer);
		}
	}

	/** Whether this is of somebody who is about to come in, and is not here yet. */
	#isComing({ producerId }: ConsumerInfo): boolean {
		return this.#ahead.has(producerId) && !this.#events.known(producerId);
	}

	/** Whether this is of somebody who is here, or about to come. */
	#isKnown(producerId: ProducerId): boolean {
		return this.#events.known(producerId) || this.#ahead.has(producerId);
	}

	#drop(consumerId: ConsumerId): void {
		const received = this.#received.get(consumerId);
		if (!received) return;
		this.#forget(received.info);
		received.consumer.close();
		this.#events.changed(received.info.peerId);
	}

	#forget({ consumerId, producerId }: ConsumerInfo): void {
		this.#received.delete(consumerId);
		this.#frames.forget(consumerId);
		if (this.#byProducer.get(producerId) === consumerId) this.#byProducer.delete(producerId);
	}

	#isExpected(consumerId: ConsumerId): boolean {
		const received = this.#received.get(consumerId);
		return received !== undefined && this.#events.expected(received.info.producerId);
	}
}
