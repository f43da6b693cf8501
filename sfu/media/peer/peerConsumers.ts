import type { ConsumerId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, Unavailable, VideoCodec, Want } from '#shared/media.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { canReceive } from '../worker/codecs.ts';
import type { Log } from '../../platform/log.ts';
import type { Refusals } from './engineErrors.ts';
import {
	begins,
	forward,
	makeEntry,
	pickEntries,
	refreshPicture,
	type ConsumerEnds,
	type Entry,
} from './consumerEntry.ts';
import { forwardingOf, type ConsumerState } from './forwarding.ts';
import { planFlows, type Flow, type Offer } from './wants.ts';

/** New consumers, and the producers without one, each with the reason. */
export type Received = { consumers: ConsumerInfo[]; unavailable: Unavailable };

/** The consumers of one peer, kept in step with its wants. */
export class PeerConsumers {
	readonly #peerId: PeerId;
	readonly #ends: ConsumerEnds;
	readonly #refusals: Refusals;
	readonly #log: Log;
	readonly #byProducer = new Map<ProducerId, Entry>();
	/** The one reconciliation at a time, so that two never create the same consumer. */
	#reconciling: Promise<unknown> = Promise.resolve();
	#rtpCapabilities: RtpCapabilities | null = null;
	/** Whether this peer has joined, or meets strangers. */
	#joined = false;
	#wants: readonly Want[] = [];
	#flows: ReadonlyMap<ProducerId, Flow> = new Map();
	/** The microphones that are not heard now, whatever is wanted. */
	#silent: ReadonlySet<ProducerId> = new Set();
	/** Consumers that are being built of tracks of peers that are not visible yet. The client does not know of them. */
	readonly #building = new Set<ProducerId>();
	readonly #firstFlow = Promise.withResolvers<number>();
	/** How often the visible peers were hidden. */
	#hideCount = 0;

	constructor(peerId: PeerId, ends: ConsumerEnds, refusals: Refusals, log: Log) {
		this.#peerId = peerId;
		this.#ends = ends;
		this.#refusals = refusals;
		this.#log = log;
	}

	/** What this client can decode. Has to be set before the first want. */
	set rtpCapabilities(rtpCapabilities: RtpCapabilities) {
		this.#rtpCapabilities = rtpCapabilities;
	}

	/** Whether the client can decode the codec; true as long as its capabilities are unknown. */
	receives(codec: VideoCodec): boolean {
		return !this.#rtpCapabilities || canReceive(this.#rtpCapabilities, codec);
	}

	/** The consumers of tracks of visible peers. */
	get infos(): ConsumerInfo[] {
		return this.#others.filter(({ preSubscribed }) => !preSubscribed).map(({ info }) => info);
	}

	/** The finished consumers of tracks of peers that are not visible yet. */
	get preSubscribed(): ConsumerInfo[] {
		return this.#others
			.filter(({ preSubscribed, info }) => preSubscribed && !this.#building.has(info.producerId))
			.map(({ info }) => info);
	}

	/** Resolves when media of another peer flows first, with the moment in ms since the process began. */
	get firstFlow(): Promise<number> {
		return this.#firstFlow.promise;
	}

	/** How each wanted producer has to flow. The requested quality is computed from it. */
	get flows(): ReadonlyMap<ProducerId, Flow> {
		return this.#flows;
	}

	/** Brings the consumers in step with the wants (MEDIA-5, MEDIA-6), each by itself (MEDIA-16). @returns the new ones. */
	want(wants: readonly Want[], offers: ReadonlyMap<ProducerId, Offer>): Promise<Received> {
		this.#wants = this.#complete(wants);
		const { flows, missing } = planFlows(this.#wants, this.#peerId, offers);
		// Known at once, so that demand rises before the consumers are built.
		this.#flows = flows;
		const hideCount = this.#hideCount;
		return this.#inTurn(async () => {
			if (hideCount !== this.#hideCount) return { consumers: [], unavailable: [] };
			// The wants may have changed meanwhile.
			for (const { producerId } of this.infos)
				if (!this.#flows.has(producerId)) this.#byProducer.get(producerId)?.consumer.close();
			const unavailable: Unavailable = missing.map((id) => ({ id, code: 'NOT_FOUND' }));
			const consumers: ConsumerInfo[] = [];
			await Promise.all(
				Array.from(flows.values(), async (flow) => {
					const { producerId } = flow;
					const entry = this.#byProducer.get(producerId);
					if (entry) {
						entry.flow = flow;
						if (!(await this.#apply(entry)))
							unavailable.push({ id: producerId, code: 'BAD_MEDIA' });
						return;
					}
					const owner = offers.get(producerId)?.peerId ?? this.#peerId;
					const made = await this.#consume(flow, owner);
					if ('code' in made) unavailable.push({ id: producerId, code: made.code });
					else if (hideCount === this.#hideCount) consumers.push(made);
					else this.#byProducer.get(producerId)?.consumer.close();
				}),
			);
			return { consumers, unavailable };
		});
	}

	/**
	 * Closes the consumers of visible peers, and those that are being made as soon as they are: two who meet again
	 * get other consumers, whose ids tell them nothing (MATCH-2).
	 */
	closeShown(): void {
		this.#hideCount++;
		this.#wants = [];
		this.#flows = new Map();
		for (const { producerId } of this.infos) this.#byProducer.get(producerId)?.consumer.close();
	}

	/** The same wants, when the pictures of a peer changed their size: brings the consumers there are in step (MEDIA-9). */
	async follow(resized: ReadonlyMap<ProducerId, Offer>): Promise<void> {
		const wants = this.#wants.filter(({ producerId }) => resized.has(producerId));
		const { flows } = planFlows(wants, this.#peerId, resized);
		this.#flows = new Map([...this.#flows, ...flows]);
		await this.#inTurn(() =>
			Promise.all(
				Array.from(flows, async ([producerId, flow]) => {
					const entry = this.#byProducer.get(producerId);
					if (!entry) return;
					entry.flow = flow;
					await this.#apply(entry);
				}),
			),
		);
	}

	/** Sets the microphones that are not heard. All others flow as they are wanted (ROOM-11). */
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

	/** Makes consumers of the peer's own producers (LOBBY-2). */
	async loopback(own: readonly Offer[]): Promise<Received> {
		return this.#inTurn(async () => {
			this.#closeLoopback();
			const consumers: ConsumerInfo[] = [];
			const unavailable: Unavailable = [];
			await Promise.all(
				own.map(async ({ producerId, layers }) => {
					const flow = { producerId, visible: true, layer: layers - 1, priority: 1 };
					const made = await this.#consume(flow, this.#peerId);
					if ('code' in made) unavailable.push({ id: producerId, code: made.code });
					else consumers.push(made);
				}),
			);
			return { consumers, unavailable };
		});
	}

	/** This peer joined: its loopback ends, and tracks of others flow to it from the next want on. */
	admit(): void {
		this.#joined = true;
		this.#closeLoopback();
	}

	/** A producer ended, and its consumer with it. @returns whether that was pre-subscribed. */
	end(producerId: ProducerId): boolean {
		const entry = this.#byProducer.get(producerId);
		entry?.consumer.close();
		return this.#building.delete(producerId) || (entry?.preSubscribed ?? false);
	}

	/** The client has built these: let media flow (MEDIA-7, MEDIA-8). */
	async resume(consumerIds: readonly ConsumerId[]): Promise<Unavailable> {
		const { entries, unavailable } = pickEntries(this.#byProducer.values(), consumerIds);
		for (const entry of entries) entry.resumed = true;
		await this.#inTurn(() =>
			Promise.all(
				entries.map(async (entry) => {
					const { consumerId: id } = entry.info;
					if (!(await this.#apply(entry))) unavailable.push({ id, code: 'BAD_MEDIA' });
				}),
			),
		);
		return unavailable;
	}

	/**
	 * Builds consumers of what others send whom this peer does not see yet (MEDIA-13, MATCH-6).
	 *
	 * @param ready is called as soon as all are built, before anything else can happen to them.
	 */
	async preSubscribe(offers: readonly Offer[], ready: () => void): Promise<void> {
		for (const { producerId } of offers)
			if (!this.#byProducer.has(producerId)) this.#building.add(producerId);
		await this.#inTurn(async () => {
			const isToBuild = (id: ProducerId) => this.#building.has(id) && !this.#byProducer.has(id);
			const fresh = offers.filter(({ producerId }) => isToBuild(producerId));
			const flow = { visible: true, layer: 0, priority: 1 };
			await Promise.all(
				fresh.map(({ producerId, peerId }) => this.#consume({ producerId, ...flow }, peerId, true)),
			);
			for (const { producerId } of fresh) {
				const entry = this.#byProducer.get(producerId);
				// The owner became visible meanwhile: the client does not know of this consumer, and wants another.
				if (entry && !this.#building.delete(producerId)) entry.consumer.close();
			}
			ready();
		});
	}

	/** The owners of these tracks became visible: their consumers flow by these wants, until the client states its own. */
	async reveal(wants: readonly Want[], offers: ReadonlyMap<ProducerId, Offer>): Promise<void> {
		let isReady = false;
		for (const want of wants) {
			const isBuilding = this.#building.delete(want.producerId);
			const entry = this.#byProducer.get(want.producerId);
			if (isBuilding || !entry?.preSubscribed) continue;
			entry.preSubscribed = false;
			entry.unasked = want;
			isReady = true;
		}
		if (isReady) await this.want(this.#wants, offers);
	}

	/** Closes pre-subscribed consumers, except those of these producers. @returns whether the client knew of any. */
	forgetPreSubscribed(but: ReadonlyMap<ProducerId, unknown> = new Map()): boolean {
		for (const producerId of this.#building) if (!but.has(producerId)) this.end(producerId);
		const others = this.preSubscribed.filter(({ producerId }) => !but.has(producerId));
		for (const { producerId } of others) this.end(producerId);
		return others.length > 0;
	}

	/** Whether a sound would flow to this client if it were heard now (ROOM-12). */
	isReadyFor(producerId: ProducerId): boolean {
		const entry = this.#byProducer.get(producerId);
		return !!entry && forwardingOf({ ...this.#stateOf(entry), silent: false }).flows;
	}

	/** Asks the senders for key frames. */
	async requestKeyFrames(consumerIds: readonly ConsumerId[]): Promise<Unavailable> {
		const { entries, unavailable } = pickEntries(this.#byProducer.values(), consumerIds);
		await Promise.all(
			entries.map(async ({ consumer, info }) => {
				const isRequested = await this.#carriedOut(info.producerId, refreshPicture(consumer));
				if (!isRequested) unavailable.push({ id: info.consumerId, code: 'BAD_MEDIA' });
			}),
		);
		return unavailable;
	}

	get #others(): Entry[] {
		return [...this.#byProducer.values()].filter(({ info }) => !this.#isLoopback(info));
	}

	/** The wants of the client, and those for tracks that it does not know yet. */
	#complete(wants: readonly Want[]): Want[] {
		for (const { producerId } of wants) {
			const entry = this.#byProducer.get(producerId);
			if (entry) entry.unasked = null;
		}
		return [...this.#others.flatMap(({ unasked }) => unasked ?? []), ...wants];
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
		const turn = this.#reconciling.then(task);
		this.#reconciling = turn.catch(() => undefined);
		return turn;
	}

	async #consume(
		flow: Flow,
		owner: PeerId,
		preSubscribed = false,
	): Promise<ConsumerInfo | { code: 'BAD_MEDIA' | 'NOT_FOUND' }> {
		const context = { producerId: flow.producerId, peer: this.#peerId };
		const made = await makeEntry(this.#ends, this.#rtpCapabilities ?? {}, flow, owner, (error) =>
			this.#refusals.note(error, context),
		);
		if ('code' in made) {
			this.#log.debug({ producer: flow.producerId, owner, code: made.code }, 'consumer refused');
			return made;
		}
		const { consumer, info } = made;
		made.preSubscribed = preSubscribed;
		const about = { consumer: info.consumerId, producer: info.producerId, owner };
		this.#log.debug({ ...about, layer: flow.layer, preSubscribed }, 'consumer made');
		this.#byProducer.set(info.producerId, made);
		consumer.observer.once('close', () => {
			this.#byProducer.delete(info.producerId);
			this.#log.debug(about, 'consumer closed');
		});
		consumer.on('layerschange', (layers) => {
			this.#log.debug({ ...about, layers }, 'layers of a consumer changed');
			void this.#inTurn(() => this.#apply(made));
		});
		return info;
	}

	/** Brings the consumer to the decided state. Never rejects: the next want tries again. @returns whether it succeeded. */
	async #apply(entry: Entry): Promise<boolean> {
		const { consumerId: consumer, producerId: producer } = entry.info;
		const forwarding = forwardingOf(this.#stateOf(entry));
		const task = forward(entry.consumer, forwarding, (changes) =>
			this.#log.debug({ consumer, producer, ...changes }, 'consumer changed'),
		);
		const isDone = await this.#carriedOut(entry.info.producerId, task);
		if (isDone && forwarding.flows && !this.#isLoopback(entry.info))
			this.#firstFlow.resolve(performance.now());
		return isDone;
	}

	#stateOf({ consumer, info, flow, resumed, preSubscribed }: Entry): ConsumerState {
		const { producerId, kind } = info;
		return {
			kind,
			wanted: flow,
			resumed,
			loopback: this.#isLoopback(info),
			joined: this.#joined,
			preSubscribed,
			silent: this.#silent.has(producerId),
			begins: begins(consumer),
		};
	}

	/** Notes a refusal of the engine. @returns whether the task succeeded. */
	async #carriedOut(producerId: ProducerId, task: Promise<void>): Promise<boolean> {
		try {
			await task;
			return true;
		} catch (error) {
			this.#refusals.note(error, { producerId, peer: this.#peerId });
			return false;
		}
	}
}
