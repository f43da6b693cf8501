import type { Consumer, Transport } from 'mediasoup-client/types';
import type { ConsumerId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, Want } from '#shared/media.ts';
import type { FrameGuard } from '#lib/encryption/frameGuard.ts';
import { note } from '#lib/browser/diagnostics.ts';
import { dropPicture, preparePicture } from '#lib/browser/pictures.ts';
import { consumerState, type ConsumerFacts, type ConsumerState } from './consumerState.ts';
import { FirstFrames } from './firstFrames.ts';
import { DeferredClose } from './deferredClose.ts';
import { mark } from '../statistics/marks.ts';
import { diffConsumers } from './reconcile.ts';
import { toEngineParameters } from './rtp.ts';
import type { Ask } from '#lib/connection/signalClient.ts';

/** How long the first pictures get to come before anything is cleared away, in milliseconds. */
export const tidyPause = 1500;

type Received = { info: ConsumerInfo; consumer: Consumer; stream: MediaStream };

/** Something that is received, and the section of the session description in which it is. */
export type ReceivedStream = { producerId: ProducerId; peerId: PeerId; mid: string };

export type ReceiverEvents = {
	/** The received media of this peer has changed. */
	changed(peerId: PeerId): void;
	/** Whether this producer is still there, and whether a picture of it is to be expected now. */
	known(producerId: ProducerId): boolean;
	expected(producerId: ProducerId): boolean;
};

/** The media that this client receives: its ends of the server's consumers. */
export class Receiver {
	readonly #transport: Transport;
	readonly #ask: Ask;
	readonly #events: ReceiverEvents;
	readonly #guard: FrameGuard | undefined;
	readonly #received = new Map<ConsumerId, Received>();
	readonly #byProducer = new Map<ProducerId, ConsumerId>();
	readonly #building = new Set<ConsumerId>();
	readonly #frames: FirstFrames;
	readonly #deferredClose = new DeferredClose();
	/** Producers of people who are about to join, for whom the server has built consumers. */
	#announced = new Set<ProducerId>();
	/** Whether the server's list of peers is known; before, a consumer cannot be out of date. */
	#listed = false;
	#closed = false;

	constructor(transport: Transport, ask: Ask, events: ReceiverEvents, guard?: FrameGuard) {
		this.#guard = guard;
		this.#transport = transport;
		this.#ask = ask;
		this.#events = events;
		this.#frames = new FirstFrames(
			(consumerId) => this.#isExpected(consumerId),
			(consumerIds) => {
				note('media', 'keyframe asked for', { consumers: consumerIds.length });
				// A lost request is repeated for as long as no picture comes.
				this.#ask('media:keyframe', { consumerIds }).catch(() => undefined);
			},
		);
	}

	/** The received stream of a producer: the same object for as long as its track exists. */
	stream(producerId: ProducerId): MediaStream | null {
		const consumerId = this.#byProducer.get(producerId);
		return (consumerId && this.#received.get(consumerId)?.stream) || null;
	}

	/** The streams that are received now, as statistics name them. */
	get streams(): ReceivedStream[] {
		return Array.from(this.#received.values(), ({ info, consumer }) => {
			return { producerId: info.producerId, peerId: info.peerId, mid: consumer.localId };
		});
	}

	/** What receives in the browser, of those of which something should come now. */
	get expected(): RTCRtpReceiver[] {
		return [...this.#received.values()].flatMap(({ info, consumer }) =>
			this.#events.expected(info.producerId) ? (consumer.rtpReceiver ?? []) : [],
		);
	}

	/**
	 * Takes over the server's complete list of consumers, apart from those of people who are about to join. Resolves when
	 * all of them are built and the request to let media flow is on its way.
	 */
	async reconcile(consumers: readonly ConsumerInfo[]): Promise<void> {
		this.#listed = true;
		const came = consumers.filter(({ producerId }) => this.#announced.delete(producerId));
		const here = [...this.#received.values()].filter(({ info }) => this.#stateOf(info) !== 'ready');
		const ids = here.map(({ info }) => info.consumerId);
		const { gone, kept } = diffConsumers(ids, consumers);
		for (const consumerId of gone) this.#drop(consumerId);
		this.awaitPictures(came.map(({ producerId }) => producerId));
		await this.add(consumers, kept);
	}

	/**
	 * In the lobby, builds the consumers that will be received first, and states that to the server. The server lets their
	 * media flow at the join, which then needs no negotiation.
	 */
	async prepare(consumers: readonly ConsumerInfo[]): Promise<void> {
		const { gone } = diffConsumers(this.#received.keys(), consumers);
		for (const consumerId of gone) this.#drop(consumerId);
		const built = await this.#buildAll(consumers);
		if (this.#closed || built.length === 0) return;
		// Set up before the click, because it takes time. No picture comes before the join.
		const pictures = [...this.#received.values()].filter(({ info }) => info.kind === 'video');
		for (const { stream } of pictures) preparePicture(stream);
		this.#frames.markFirst(pictures.map(({ stream }) => stream));
		// The join may have been answered meanwhile.
		for (const { info } of built) this.#events.changed(info.peerId);
		await this.#resume(built, []);
	}

	/**
	 * Builds the consumers of people who are about to join, so that their pictures show at once. The list is complete: an
	 * earlier consumer that it does not name is closed, unless its owner has joined. An owner may join before all are
	 * built.
	 */
	async preSubscribe(consumers: readonly ConsumerInfo[]): Promise<void> {
		this.#announced = new Set(consumers.map(({ producerId }) => producerId));
		note('media', 'pre-subscribed', { consumers: consumers.length });
		this.#dropOver({ listed: true });
		await this.add(consumers);
		for (const { producerId } of consumers) {
			const stream = this.stream(producerId);
			if (this.#announced.has(producerId) && stream?.getVideoTracks().length)
				preparePicture(stream);
		}
	}

	/** Waits for the pictures of consumers that were built before: their sender joined, or turned the camera on. */
	awaitPictures(producerIds: Iterable<ProducerId>): void {
		for (const producerId of producerIds) {
			const consumerId = this.#byProducer.get(producerId);
			const received = consumerId && this.#received.get(consumerId);
			if (!received || received.info.kind !== 'video') continue;
			this.#frames.markFirst([received.stream]);
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
		for (const { info } of built)
			note('media', 'consumer built', { consumerId: info.consumerId, kind: info.kind });
		void this.#resume(built, also);
		const expected = built.filter(
			({ info }) => info.kind === 'video' && this.#events.expected(info.producerId),
		);
		if (expected.length > 0) this.#frames.markFirst(expected.map(({ stream }) => stream));
		for (const peerId of new Set(built.map(({ info }) => info.peerId)))
			this.#events.changed(peerId);
	}

	/**
	 * The match is over: its consumers have ended on the server, apart from those of the next partner. They are closed
	 * here a moment later, so that the next picture does not wait for that.
	 */
	endMatch(): void {
		for (const { info, consumer } of [...this.#received.values()]) {
			if (this.#announced.has(info.producerId)) continue;
			this.#forget(info);
			this.#deferredClose.put(consumer);
		}
		this.#frames.restart();
	}

	/** Closes what belongs to producers that are not wanted any more, or not there. */
	keepOnly(wants: readonly Want[]): void {
		const wanted = new Set(wants.map(({ producerId }) => producerId));
		note('media', 'wanted', { producers: wanted.size });
		this.#dropOver({ listed: true }, wanted);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#frames.close();
		this.#deferredClose.close();
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
		const guard = this.#guard;
		try {
			const consumer = await this.#transport.consume({
				id: consumerId,
				producerId,
				kind,
				rtpParameters: toEngineParameters(info.rtpParameters),
				onRtpReceiver:
					guard && ((receiver) => guard.receive(receiver, producerId, kind, info.peerId)),
			});
			if (this.#closed || this.#stateOf(info) === 'over') {
				consumer.close();
				return null;
			}
			const received = { info, consumer, stream: new MediaStream([consumer.track]) };
			this.#received.set(consumerId, received);
			this.#byProducer.set(producerId, consumerId);
			return received;
		} catch (error) {
			// The transport was closed meanwhile, or the browser cannot receive this producer. The other consumers continue.
			note('media', 'consumer failed', { consumerId, kind, error: String(error).slice(0, 200) });
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

	#stateOf({ producerId }: ConsumerInfo, facts: Partial<ConsumerFacts> = {}): ConsumerState {
		return consumerState({
			present: this.#events.known(producerId),
			announced: this.#announced.has(producerId),
			wanted: true,
			listed: this.#listed,
			...facts,
		});
	}

	/** @param wanted the producers that the tiles want; without it, all are. */
	#dropOver(facts: Partial<ConsumerFacts>, wanted?: ReadonlySet<ProducerId>): void {
		for (const { info } of [...this.#received.values()]) {
			const isWanted = wanted?.has(info.producerId) ?? true;
			if (this.#stateOf(info, { ...facts, wanted: isWanted }) === 'over')
				this.#drop(info.consumerId);
		}
	}

	#drop(consumerId: ConsumerId): void {
		const received = this.#received.get(consumerId);
		if (!received) return;
		this.#forget(received.info);
		received.consumer.close();
		note('media', 'consumer closed', { consumerId, kind: received.info.kind });
		this.#events.changed(received.info.peerId);
	}

	#forget({ consumerId, producerId }: ConsumerInfo): void {
		const received = this.#received.get(consumerId);
		if (received) dropPicture(received.stream);
		this.#received.delete(consumerId);
		this.#frames.forget(consumerId);
		if (this.#byProducer.get(producerId) === consumerId) this.#byProducer.delete(producerId);
	}

	#isExpected(consumerId: ConsumerId): boolean {
		const received = this.#received.get(consumerId);
		return received !== undefined && this.#events.expected(received.info.producerId);
	}
}
