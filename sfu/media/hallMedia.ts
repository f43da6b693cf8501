import { EventEmitter } from 'node:events';
import type { Router } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo, Want } from '#shared/media.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { Demand } from './demand.ts';
import { Refusals, type RefusalContext } from './engineErrors.ts';
import { offersOf, type HallMember } from './hallMember.ts';
import type { Received } from './peerConsumers.ts';
import { PeerMedia } from './peerMedia.ts';
import { firstWants } from './wants.ts';
import type { Placed, WorkerPool } from './workers.ts';

type HallMediaEvents = {
	/** What the partner of this peer sends changed. The first is whom to tell. */
	added: [PeerId, PeerId, ProducerInfo];
	updated: [PeerId, PeerId, ProducerInfo];
	closed: [PeerId, PeerId, ProducerId];
	demand: [PeerId, ProducerId, number | null];
	/** All that this peer is to be ready for. */
	ahead: [PeerId, ConsumerInfo[]];
	/** Nothing comes from this peer any more, though it did not say so. */
	silent: [PeerId];
	/** Something failed that nobody foresaw. */
	trouble: [unknown, RefusalContext?];
	/** The worker died and all of this with it. */
	lost: [];
	/** The last peer is gone. */
	empty: [];
};

/** Seconds without a sign of life after which a peer's path counts as broken; browsers give one every 2 or 3. */
const consentTimeout = 6;

/** The name that goes with all media of a hall: a name of each one's own would tell strangers whom they have met before (R96). */
const cname = 'next';

/**
 * A hall in which people wait and meet, two and two, on one router: each sees their partner and nobody else. They keep
 * their transports from one partner to the next, so that a meeting costs two consumers each and nothing else.
 */
export class HallMedia extends EventEmitter<HallMediaEvents> {
	readonly #router: Router;
	readonly #placed: Placed;
	readonly #refusals = new Refusals((...refusal) => this.emit('trouble', ...refusal));
	readonly #members = new Map<PeerId, HallMember>();
	/** How many transports are being made. */
	#coming = 0;
	#closed = false;

	private constructor(router: Router, placed: Placed) {
		super();
		this.#router = router;
		this.#placed = placed;
		placed.onDied.add(this.#onDied);
	}

	static async create(pool: WorkerPool): Promise<HallMedia> {
		const { router, placed } = await pool.createRouter();
		return new HallMedia(router, placed);
	}

	/** Peers in it, and those on their way. */
	get size(): number {
		return this.#members.size + this.#coming;
	}

	get rtpCapabilities(): RtpCapabilities {
		return this.#router.rtpCapabilities as RtpCapabilities;
	}

	/** Gives a peer its transports, for all it will meet. */
	async add(peerId: PeerId): Promise<PeerMedia> {
		this.#coming++;
		let media: PeerMedia;
		try {
			media = await PeerMedia.create(peerId, this.#router, this.#placed, this.#refusals, {
				seconds: consentTimeout,
				silent: () => this.emit('silent', peerId),
				cname,
			});
			this.#coming--;
		} catch (error) {
			this.#coming--;
			if (this.#closed || this.#placed.worker.closed) throw new CodedError('UNAVAILABLE');
			// A hall that nobody came into after all would keep its place on the worker.
			if (this.size === 0) this.emit('empty');
			throw error;
		}
		if (this.#closed) {
			media.close();
			throw new CodedError('UNAVAILABLE');
		}
		const demand = new Demand(
			() => this.#wanted(peerId),
			(...told) => this.emit('demand', ...told),
		);
		this.#members.set(peerId, {
			...{ media, demand, live: false, partner: null },
			view: { width: 0, height: 0 },
		});
		this.#listenTo(media);
		return media;
	}

	/** From now on this peer sends what it will send, and receives what it is told to. */
	goLive(peerId: PeerId, rtpCapabilities: RtpCapabilities, view: HallMember['view']): void {
		const member = this.#members.get(peerId);
		if (!member) return;
		member.media.consumers.rtpCapabilities = rtpCapabilities;
		member.view = view;
		if (!member.live) member.media.consumers.admit();
		member.live = true;
		member.demand.refresh();
	}

	/** Gets a peer ready for those whom it may see next, in the place of whomever it was ready for (R145). */
	prepare(peerId: PeerId, next: readonly PeerId[]): void {
		const consumers = this.#members.get(peerId)?.media.consumers;
		if (!consumers) return;
		const offers = new Map(next.flatMap((other) => [...offersOf(this.#members.get(other))]));
		const { infosAhead: ready } = consumers;
		if (ready.length === offers.size && ready.every((info) => offers.has(info.producerId))) return;
		const tell = () => this.emit('ahead', peerId, consumers.infosAhead);
		consumers.forgetAhead(new Set(offers.keys()));
		if (offers.size > 0) consumers.expect([...offers.values()], tell).catch(this.#trouble);
		else tell();
	}

	/**
	 * Lets a peer see another one, once it has built its ends and resumed them: a key frame that comes before is lost, and
	 * senders make no second one within 300 ms. It begins with the smallest picture, which the other one encodes anyway: a
	 * larger one takes a new start of the encoder, and several times as long on the line. The peer asks for it a moment later.
	 * What it was got ready for flows at once.
	 *
	 * @returns what the other one sends, the consumers of it, and what there is no consumer of.
	 */
	async see(peerId: PeerId, partner: PeerId): Promise<Received & { producers: ProducerInfo[] }> {
		const member = this.#members.get(peerId);
		const other = this.#members.get(partner);
		if (!member || !other) return { producers: [], consumers: [], unavailable: [] };
		member.partner = partner;
		member.demand.refresh();
		const { width, height } = member.view;
		const small = { width: Math.min(1, width), height: Math.min(1, height) };
		const wants = firstWants(other.media.producers.offers, peerId, { videos: 1, ...small });
		const { consumers } = member.media;
		consumers.reveal(wants, offersOf(other)).catch(this.#trouble);
		const { unavailable } = await this.want(peerId, wants);
		const seen = consumers.infos.filter((info) => info.peerId === partner);
		return { producers: other.media.producers.infos, consumers: seen, unavailable };
	}

	/** A peer sees nobody any more. */
	part(peerId: PeerId): void {
		const member = this.#members.get(peerId);
		if (!member) return;
		member.partner = null;
		member.media.consumers.part();
		member.demand.refresh();
	}

	/** Carries out what a peer wants of its partner (R27). */
	async want(peerId: PeerId, wants: readonly Want[]): Promise<Received> {
		const member = this.#members.get(peerId);
		if (!member) throw new CodedError('WRONG_PHASE');
		const partner = this.#partnerOf(peerId);
		const [first] = wants.filter(({ width }) => width > 0);
		if (first) member.view = { width: first.width, height: first.height };
		const answer = member.media.consumers.want(wants, offersOf(partner));
		partner?.demand.refresh();
		return answer;
	}

	/** Takes a peer out, with all it had. */
	remove(peerId: PeerId): void {
		const member = this.#members.get(peerId);
		if (!member) return;
		this.#members.delete(peerId);
		member.demand.close();
		member.media.close();
		if (this.size === 0) this.emit('empty');
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#placed.onDied.delete(this.#onDied);
		this.removeAllListeners();
		for (const peerId of [...this.#members.keys()]) this.remove(peerId);
		this.#router.close();
	}

	readonly #onDied = (): void => {
		this.emit('lost');
	};

	readonly #trouble = (error: unknown): void => {
		this.emit('trouble', error);
	};

	#listenTo({ peerId, producers }: PeerMedia): void {
		producers.on('added', (info) => {
			this.#members.get(peerId)?.demand.refresh();
			for (const viewer of this.#viewersOf(peerId)) this.emit('added', viewer, peerId, info);
		});
		producers.on('updated', (info) => {
			for (const viewer of this.#viewersOf(peerId)) this.emit('updated', viewer, peerId, info);
		});
		producers.on('resized', () => this.#followSizes(peerId));
		producers.on('closed', (producerId) => {
			this.#members.get(peerId)?.demand.forget(producerId);
			this.#refusals.forget(producerId);
			for (const viewer of this.#viewersOf(peerId)) this.emit('closed', viewer, peerId, producerId);
			for (const [viewer, { media }] of this.#members)
				if (media.consumers.end(producerId)) this.emit('ahead', viewer, media.consumers.infosAhead);
		});
	}

	#partnerOf(peerId: PeerId): HallMember | undefined {
		const partner = this.#members.get(peerId)?.partner;
		return partner ? this.#members.get(partner) : undefined;
	}

	/** Who sees this peer: its partner, if anybody. */
	#viewersOf(peerId: PeerId): PeerId[] {
		const partner = this.#members.get(peerId)?.partner;
		return partner && this.#members.get(partner)?.partner === peerId ? [partner] : [];
	}

	#followSizes(peerId: PeerId): void {
		const member = this.#members.get(peerId);
		for (const viewer of this.#viewersOf(peerId)) {
			const consumers = this.#members.get(viewer)?.media.consumers;
			consumers?.follow(offersOf(member)).catch(this.#trouble);
		}
		member?.demand.refresh();
	}

	/** Whoever waits goes on encoding the smallest picture, so that there is one when somebody comes. */
	#wanted(peerId: PeerId) {
		const member = this.#members.get(peerId);
		const viewers = this.#viewersOf(peerId).flatMap((viewer) => this.#members.get(viewer) ?? []);
		return {
			offers: offersOf(member),
			flows: viewers.map(({ media }) => media.consumers.flows),
			lobby: true,
		};
	}
}
