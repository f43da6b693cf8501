import type { Consumer, Router, WebRtcTransport } from 'mediasoup/types';
import type { ConsumerId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, Unavailable, VideoCodec, Want } from '#shared/media.ts';
import type { RtpCapabilities, RtpParameters } from '#shared/rtp.ts';
import { changedLayers, receives } from './codecs.ts';
import { ifClosed } from './engineErrors.ts';
import { planFlows, type Flow, type Offer } from './wants.ts';

/** A consumer, how it is wanted, and whether its client is ready for it. */
type Entry = {
	consumer: Consumer;
	info: ConsumerInfo;
	flow: Flow;
	resumed: boolean;
};

/** What one peer receives: kept in step with what it wants. */
export class PeerConsumers {
	readonly #peerId: PeerId;
	readonly #router: Router;
	readonly #transport: WebRtcTransport;
	readonly #byProducer = new Map<ProducerId, Entry>();
	/** The one reconciliation at a time, so that two never create the same consumer. */
	#turn: Promise<unknown> = Promise.resolve();
	#rtpCapabilities: RtpCapabilities | null = null;
	/** Whether this peer has joined: before, nothing of others flows to it. */
	#admitted = false;
	#wants: readonly Want[] = [];
	#flows: ReadonlyMap<ProducerId, Flow> = new Map();
	/** What is not heard now, however it is wanted. */
	#silent: ReadonlySet<ProducerId> = new Set();

	constructor(peerId: PeerId, router: Router, transport: WebRtcTransport) {
		this.#peerId = peerId;
		this.#router = router;
		this.#transport = transport;
	}

	/** What this client can decode. Must be told before the first want. */
	set rtpCapabilities(rtpCapabilities: RtpCapabilities) {
		this.#rtpCapabilities = rtpCapabilities;
	}

	/** Whether it can decode that; true as long as it did not say what it can. */
	receives(codec: VideoCodec): boolean {
		return !this.#rtpCapabilities || receives(this.#rtpCapabilities, codec);
	}

	/** The consumers of what others send. */
	get infos(): ConsumerInfo[] {
		const infos = [...this.#byProducer.values()].map((entry) => entry.info);
		return infos.filter((info) => !this.#isLoopback(info));
	}

	/** How each wanted producer has to flow; what demand is added up from. */
	get flows(): ReadonlyMap<ProducerId, Flow> {
		return this.#flows;
	}

	/** Makes the consumers be what is wanted (R27, R28). Answers with the new ones. */
	want(
		wants: readonly Want[],
		offers: ReadonlyMap<ProducerId, Offer>,
	): Promise<{ consumers: ConsumerInfo[]; unavailable: Unavailable }> {
		const { flows, missing } = planFlows(wants, this.#peerId, offers);
		// Known at once, so that demand rises before the consumers are built.
		this.#wants = wants;
		this.#flows = flows;
		return this.#inTurn(async () => {
			for (const [producerId, entry] of this.#byProducer) {
				if (!flows.has(producerId) && !this.#isLoopback(entry.info)) entry.consumer.close();
			}
			const unavailable: Unavailable = missing.map((id) => ({ id, code: 'NOT_FOUND' }));
			const consumers: ConsumerInfo[] = [];
			await Promise.all(
				Array.from(flows.values(), async (flow) => {
					const entry = this.#byProducer.get(flow.producerId);
					if (entry) {
						entry.flow = flow;
						await this.#apply(entry);
						return;
					}
					const owner = offers.get(flow.producerId)?.peerId ?? this.#peerId;
					const made = await this.#consume(flow, owner);
					if ('code' in made) unavailable.push({ id: flow.producerId, code: made.code });
					else consumers.push(made);
				}),
			);
			return { consumers, unavailable };
		});
	}

	/** The same wants, when a picture changed its size: brings the consumers there are in step (R31). */
	async follow(offers: ReadonlyMap<ProducerId, Offer>): Promise<void> {
		const { flows } = planFlows(this.#wants, this.#peerId, offers);
		this.#flows = flows;
		await this.#inTurn(async () => {
			const entries = [...this.#byProducer.values()];
			await Promise.all(
				entries.map(async (entry) => {
					entry.flow = flows.get(entry.info.producerId) ?? entry.flow;
					await this.#apply(entry);
				}),
			);
		});
	}

	/** These are not heard now; all others are, as they are wanted (R61). */
	async silence(silent: ReadonlySet<ProducerId>): Promise<void> {
		this.#silent = silent;
		await this.#inTurn(() =>
			Promise.all(
				[...this.#byProducer.values()]
					.filter(({ consumer }) => consumer.kind === 'audio')
					.map((entry) => this.#apply(entry)),
			),
		);
	}

	/** Receives back one's own producers (R11). */
	async loopback(own: readonly Offer[]): Promise<ConsumerInfo[]> {
		return this.#inTurn(async () => {
			this.#closeLoopback();
			const made = await Promise.all(
				own.map(({ producerId, layers }) =>
					this.#consume(
						{ producerId, visible: true, layer: layers - 1, priority: 1 },
						this.#peerId,
					),
				),
			);
			return made.flatMap((consumer) => ('code' in consumer ? [] : [consumer]));
		});
	}

	/** This peer joined: its loopback ends, and from the next want on what others send flows to it. */
	admit(): void {
		this.#admitted = true;
		this.#closeLoopback();
	}

	/** What was sent under this id has ended, and its consumer with it. */
	end(producerId: ProducerId): void {
		this.#byProducer.get(producerId)?.consumer.close();
	}

	/** The client has built these: let media flow (R29, R30). */
	async resume(consumerIds: readonly ConsumerId[]): Promise<Unavailable> {
		const { entries, unavailable } = this.#own(consumerIds);
		for (const entry of entries) entry.resumed = true;
		await this.#inTurn(() => Promise.all(entries.map((entry) => this.#apply(entry))));
		return unavailable;
	}

	/** Whether a sound is given to this client, apart from who is heard (R62). */
	isReadyFor(producerId: ProducerId): boolean {
		return this.#admitted && (this.#byProducer.get(producerId)?.resumed ?? false);
	}

	/** Asks the senders for key frames. */
	async requestKeyFrames(consumerIds: readonly ConsumerId[]): Promise<Unavailable> {
		const { entries, unavailable } = this.#own(consumerIds);
		await Promise.all(
			entries
				.filter(({ consumer }) => consumer.kind === 'video' && !consumer.paused)
				.map(({ consumer }) => consumer.requestKeyFrame().catch(ifClosed(consumer))),
		);
		return unavailable;
	}

	#isLoopback(info: ConsumerInfo): boolean {
		return info.peerId === this.#peerId;
	}

	#closeLoopback(): void {
		for (const { consumer, info } of this.#byProducer.values()) {
			if (this.#isLoopback(info)) consumer.close();
		}
	}

	#inTurn<T>(task: () => Promise<T>): Promise<T> {
		const turn = this.#turn.then(task);
		this.#turn = turn.catch(() => undefined);
		return turn;
	}

	#own(consumerIds: readonly ConsumerId[]): { entries: Entry[]; unavailable: Unavailable } {
		const all = [...this.#byProducer.values()];
		const byId = new Map(all.map((entry) => [entry.info.consumerId, entry]));
		const entries = new Set<Entry>();
		const unavailable: Unavailable = [];
		for (const id of consumerIds) {
			const entry = byId.get(id);
			if (entry) entries.add(entry);
			else unavailable.push({ id, code: 'NOT_FOUND' });
		}
		return { entries: [...entries], unavailable };
	}

	async #consume(
		flow: Flow,
		owner: PeerId,
	): Promise<ConsumerInfo | { code: 'BAD_MEDIA' | 'NOT_FOUND' }> {
		const { producerId } = flow;
		const rtpCapabilities = this.#rtpCapabilities ?? {};
		if (!this.#router.canConsume({ producerId, rtpCapabilities })) return { code: 'BAD_MEDIA' };
		let consumer: Consumer;
		try {
			consumer = await this.#transport.consume({
				producerId,
				rtpCapabilities,
				paused: true,
				preferredLayers: { spatialLayer: flow.layer },
			});
		} catch (error) {
			// Between the plan and now the producer may have ended: that is nobody's fault.
			if (!this.#transport.closed && this.#router.canConsume({ producerId, rtpCapabilities }))
				throw error;
			return { code: 'NOT_FOUND' };
		}
		const info: ConsumerInfo = {
			consumerId: consumer.id as ConsumerId,
			producerId,
			peerId: owner,
			kind: consumer.kind,
			rtpParameters: consumer.rtpParameters as RtpParameters,
		};
		this.#byProducer.set(producerId, { consumer, info, flow, resumed: false });
		consumer.observer.once('close', () => this.#byProducer.delete(producerId));
		return info;
	}

	/** Brings the consumer to what is wanted of it. Says nothing to the worker that it knows already. */
	async #apply(entry: Entry): Promise<void> {
		const { consumer, flow, resumed } = entry;
		if (consumer.closed) return;
		const changes: Promise<void>[] = [];
		if (consumer.kind === 'video' && flow.visible) {
			if (consumer.priority !== flow.priority) changes.push(consumer.setPriority(flow.priority));
			const layers = changedLayers(consumer, flow.layer);
			if (layers) changes.push(consumer.setPreferredLayers(layers));
		}
		const mine = this.#isLoopback(entry.info);
		const given = mine || (this.#admitted && !this.#silent.has(flow.producerId));
		const flowing = resumed && flow.visible && given;
		if (flowing && consumer.paused) changes.push(consumer.resume());
		if (!flowing && !consumer.paused) changes.push(consumer.pause());
		await Promise.all(changes.map((change) => change.catch(ifClosed(consumer))));
	}
}
