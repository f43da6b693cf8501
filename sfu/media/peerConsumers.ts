import type { Router, WebRtcTransport } from 'mediasoup/types';
import type { ConsumerId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, Unavailable, VideoCodec, Want } from '#shared/media.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { Ahead } from './ahead.ts';
import { receives } from './codecs.ts';
import type { Refusals } from './engineErrors.ts';
import { applyFlow, makeEntry, pickEntries, refreshPicture, type Entry } from './consumerEntry.ts';
import { planFlows, type Flow, type Offer } from './wants.ts';

/** New consumers, and what there is none of, each with the reason. */
export type Received = { consumers: ConsumerInfo[]; unavailable: Unavailable };

/** What one peer receives: kept in step with what it wants. */
export class PeerConsumers {
	readonly #peerId: PeerId;
	readonly #router: Router;
	readonly #transport: WebRtcTransport;
	readonly #refusals: Refusals;
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
	readonly #ahead = new Ahead();
	/** How often this peer has parted from those it saw. */
	#partings = 0;

	constructor(peerId: PeerId, router: Router, transport: WebRtcTransport, refusals: Refusals) {
		this.#peerId = peerId;
		this.#router = router;
		this.#transport = transport;
		this.#refusals = refusals;
	}

	/** What this client can decode. Must be told before the first want. */
	set rtpCapabilities(rtpCapabilities: RtpCapabilities) {
		this.#rtpCapabilities = rtpCapabilities;
	}

	/** Whether it can decode that; true as long as it did not say what it can. */
	receives(codec: VideoCodec): boolean {
		return !this.#rtpCapabilities || receives(this.#rtpCapabilities, codec);
	}

	/** The consumers of what others send who are in. */
	get infos(): ConsumerInfo[] {
		return this.#others.filter(({ producerId }) => !this.#ahead.has(producerId));
	}

	/** The consumers of what those send who are about to come in. */
	get infosAhead(): ConsumerInfo[] {
		return this.#others.filter(({ producerId }) => this.#ahead.has(producerId));
	}

	/** How each wanted producer has to flow; what demand is added up from. */
	get flows(): ReadonlyMap<ProducerId, Flow> {
		return this.#flows;
	}

	/** Makes the consumers be what is wanted (R27, R28), each by itself (R211). Answers with the new ones. */
	want(wants: readonly Want[], offers: ReadonlyMap<ProducerId, Offer>): Promise<Received> {
		this.#wants = this.#ahead.complete(wants);
		const { flows, missing } = planFlows(this.#wants, this.#peerId, offers);
		// Known at once, so that demand rises before the consumers are built.
		this.#flows = flows;
		const partings = this.#partings;
		return this.#inTurn(async () => {
			if (partings !== this.#partings) return { consumers: [], unavailable: [] };
			// By now more may be wanted.
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
					else if (partings === this.#partings) consumers.push(made);
					else this.#byProducer.get(producerId)?.consumer.close();
				}),
			);
			return { consumers, unavailable };
		});
	}

	/**
	 * Closes at once what this peer receives of others, and whatever of it is being made as soon as it is: two who meet again
	 * get other consumers, whose ids tell them nothing (R96).
	 */
	part(): void {
		this.#partings++;
		this.#wants = [];
		this.#flows = new Map();
		for (const { producerId } of this.infos) this.#byProducer.get(producerId)?.consumer.close();
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

	/** This peer joined: its loopback ends, and from the next want on what others send flows to it. */
	admit(): void {
		this.#admitted = true;
		this.#closeLoopback();
	}

	/** What was sent under this id has ended, and its consumer with it. @returns whether its sender was about to come in. */
	end(producerId: ProducerId): boolean {
		this.#byProducer.get(producerId)?.consumer.close();
		return this.#ahead.end(producerId);
	}

	/** The client has built these: let media flow (R29, R30). */
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
	 * Gets ready for what somebody sends who is about to come in (R140).
	 *
	 * @param ready hears of it as soon as all is made, before anything else can happen to it.
	 */
	async expect(offers: readonly Offer[], ready: () => void): Promise<void> {
		const known = (id: ProducerId) => this.#byProducer.has(id) || this.#ahead.has(id);
		const fresh = offers.filter(({ producerId }) => !known(producerId));
		for (const { producerId } of fresh) this.#ahead.note(producerId, false);
		await this.#inTurn(async () => {
			const flow = { visible: true, layer: 0, priority: 1 };
			await Promise.all(
				fresh.map(async ({ producerId, peerId }) => {
					if (this.#ahead.has(producerId)) await this.#consume({ producerId, ...flow }, peerId);
				}),
			);
			for (const { producerId } of fresh) {
				const entry = this.#byProducer.get(producerId);
				if (entry && this.#ahead.has(producerId)) this.#ahead.note(producerId, true);
				// The sender came in meanwhile: the client does not know of this one, and wants another.
				else entry?.consumer.close();
			}
			ready();
		});
	}

	/** Those who send these are in: what was got ready for flows as wanted, until the client says how it wants it. */
	async reveal(wants: readonly Want[], offers: ReadonlyMap<ProducerId, Offer>): Promise<void> {
		if (this.#ahead.reveal(wants)) await this.want(this.#wants, offers);
	}

	/** Closes what is ready of those who are about to come in, except of what these send. @returns whether there was any. */
	forgetAhead(but: ReadonlySet<ProducerId> = new Set()): boolean {
		const others = this.infosAhead.filter(({ producerId }) => !but.has(producerId));
		for (const { producerId } of others) this.end(producerId);
		return others.length > 0;
	}

	/** Whether a sound is given to this client, apart from who is heard (R62). */
	isReadyFor(producerId: ProducerId): boolean {
		return this.#admitted && (this.#byProducer.get(producerId)?.resumed ?? false);
	}

	/** Asks the senders for key frames. */
	async requestKeyFrames(consumerIds: readonly ConsumerId[]): Promise<Unavailable> {
		const { entries, unavailable } = pickEntries(this.#byProducer.values(), consumerIds);
		await Promise.all(
			entries.map(async ({ consumer, info }) => {
				const asked = await this.#carriedOut(info.producerId, refreshPicture(consumer));
				if (!asked) unavailable.push({ id: info.consumerId, code: 'BAD_MEDIA' });
			}),
		);
		return unavailable;
	}

	get #others(): ConsumerInfo[] {
		const infos = [...this.#byProducer.values()].map((entry) => entry.info);
		return infos.filter((info) => !this.#isLoopback(info));
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

	async #consume(
		flow: Flow,
		owner: PeerId,
	): Promise<ConsumerInfo | { code: 'BAD_MEDIA' | 'NOT_FOUND' }> {
		const ends = { router: this.#router, transport: this.#transport };
		const context = { producerId: flow.producerId, peer: this.#peerId };
		const made = await makeEntry(ends, this.#rtpCapabilities ?? {}, flow, owner, (error) =>
			this.#refusals.note(error, context),
		);
		if ('code' in made) return made;
		const { consumer, info } = made;
		this.#byProducer.set(info.producerId, made);
		consumer.observer.once('close', () => this.#byProducer.delete(info.producerId));
		consumer.on('layerschange', () => void this.#inTurn(() => this.#apply(made)));
		return info;
	}

	/** Brings the consumer to what is wanted of it. Never rejects: what fails is tried again by the next want. @returns whether it is done. */
	#apply(entry: Entry): Promise<boolean> {
		const { info, flow } = entry;
		const held = this.#silent.has(flow.producerId) || this.#ahead.has(flow.producerId);
		const given = this.#isLoopback(info) || (this.#admitted && !held);
		return this.#carriedOut(info.producerId, applyFlow(entry, given));
	}

	/** @returns false where the engine refused it, which is noted. */
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
