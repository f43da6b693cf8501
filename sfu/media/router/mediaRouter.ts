import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo, VideoCodec, Want } from '#shared/media.ts';
import type { FirstPage, Speakers as SpeakersState } from '#shared/room.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { RequestedQuality } from './requestedQuality.ts';
import { Refusals } from '../peer/engineErrors.ts';
import type { Received } from '../peer/peerConsumers.ts';
import { PeerMedia } from '../peer/peerMedia.ts';
import type { ProducerSettings } from '../peer/peerProducers.ts';
import { producingIn, type RouterKind } from './routerKind.ts';
import { PreSubscribe } from './preSubscribe.ts';
import { RoomCodec } from './roomCodec.ts';
import { RoomRouters } from './roomRouters.ts';
import { Speakers } from '../speakers/speakers.ts';
import {
	everybody,
	offersOf,
	partnersOnly,
	requestsOfRoom,
	requestsOfStrangers,
	RouterPeers,
	type RouterPeer,
} from './visibility.ts';
import { firstWants } from '../peer/wants.ts';
import type { Log } from '../../platform/log.ts';
import type { WorkerPool } from '../worker/workers.ts';

type MediaRouterEvents = {
	/** A track that this viewer sees is new, has changed or has ended. The first peer is the viewer, the second the owner. */
	added: [PeerId, PeerId, ProducerInfo];
	updated: [PeerId, PeerId, ProducerInfo];
	closed: [PeerId, PeerId, ProducerId];
	/** The highest layer that any viewer requests of a video of this owner, or null when nobody watches (MEDIA-10). */
	requestedQuality: [PeerId, ProducerId, number | null];
	/** All consumers that this viewer is to be ready for (MEDIA-13, MATCH-6). */
	ahead: [PeerId, ConsumerInfo[]];
	/** The codec in which videos are to be sent from now on (MEDIA-22). */
	codec: [VideoCodec];
	/** Who speaks, and who is the active speaker (ROOM-10). */
	speakers: [SpeakersState];
	/** The network path of this peer broke without a message. */
	silent: [PeerId];
	/** A worker died, and all of the room's media is to begin anew. */
	lost: [];
	/** The last peer is gone. */
	empty: [];
};

/** Seconds without a sign of life after which a stranger's path counts as broken; browsers give one every 2 or 3. */
const consentTimeout = 6;

/**
 * A first page of the smallest pictures, which their owners encode anyway: a larger one takes a new start of the encoder, and
 * several times as long on the line. The peer asks for larger ones a moment later.
 */
const smallest = ({ videos, width, height }: FirstPage): FirstPage => ({
	videos,
	width: Math.min(1, width),
	height: Math.min(1, height),
});

const noSpeakers: Pick<Speakers, 'state' | 'silent'> = {
	state: { speaking: [], active: null },
	silent: new Set(),
};

/**
 * The media of a room or a pairing pool: its peers, on one mediasoup router or several, and which peers see each other: in a room
 * all of them, in a pairing pool the two that are matched. Strangers keep their transports from one partner to the next, so that
 * a match costs two consumers each and nothing else.
 */
export class MediaRouter extends EventEmitter<MediaRouterEvents> {
	readonly #routers: RoomRouters;
	readonly #log: Log;
	readonly #isPairing: boolean;
	readonly #speakers: Speakers | null;
	readonly #codec: RoomCodec;
	readonly #peers: RouterPeers;
	/** How many transports are being made. */
	#arriving = 0;
	readonly #roomQuality = this.#requestedQualityOf(() => this.#peers.all);
	readonly #refusals: Refusals;
	readonly preSubscribe: PreSubscribe;
	readonly #producing: ProducerSettings;
	#closed = false;

	private constructor(
		routers: RoomRouters,
		speakers: Speakers | null,
		videoCodec: VideoCodec,
		log: Log,
		producing: ProducerSettings,
	) {
		super();
		this.#producing = producing;
		this.#routers = routers;
		this.#log = log;
		this.#refusals = new Refusals(log);
		this.#isPairing = !speakers;
		this.#peers = new RouterPeers(this.#isPairing ? partnersOnly : everybody);
		this.preSubscribe = new PreSubscribe(this.#peers, log, (...ready) =>
			this.emit('ahead', ...ready),
		);
		this.#speakers = speakers;
		this.#codec = new RoomCodec(videoCodec, (codec) => this.emit('codec', codec));
		speakers?.on('changed', (state) => this.emit('speakers', state));
		speakers?.on('silent', (silent) => {
			for (const { media } of this.#peers.all) this.#try(media.consumers.silence(silent));
		});
		routers.onLost = () => this.emit('lost');
	}

	/**
	 * @param log names the room or the pairing pool.
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	static async create(pool: WorkerPool, routerKind: RouterKind, log: Log): Promise<MediaRouter> {
		const audible = routerKind.kind === 'room' ? routerKind.audible : null;
		const speakers = audible === null ? null : new Speakers(audible);
		try {
			const routers = await RoomRouters.open(pool, speakers, audible, log);
			return new MediaRouter(routers, speakers, pool.videoCodec, log, producingIn(routerKind));
		} catch (error) {
			speakers?.close();
			throw error;
		}
	}

	/** The last state of the speakers, and the microphones that are not heard. */
	get speakers(): Pick<Speakers, 'state' | 'silent'> {
		return this.#speakers ?? noSpeakers;
	}

	get rtpCapabilities(): RtpCapabilities {
		return this.#routers.rtpCapabilities;
	}

	get videoCodec(): VideoCodec {
		return this.#codec.current;
	}

	/** How many mediasoup routers carry it. */
	get routers(): number {
		return this.#routers.size;
	}

	/** Peers that have transports, and those whose transports are being made. */
	get size(): number {
		return this.#peers.size + this.#arriving;
	}

	/**
	 * Gives a peer its transports. Other peers do not see it yet.
	 *
	 * @throws {CodedError} UNAVAILABLE, LIMIT_REACHED.
	 */
	async add(peerId: PeerId): Promise<PeerMedia> {
		this.#arriving++;
		const [made] = await Promise.allSettled([this.#createMedia(peerId)]);
		this.#arriving--;
		if (made.status === 'rejected') {
			if (this.#closed) throw new CodedError('UNAVAILABLE');
			this.#routers.tidy();
			// An empty router would keep its place on the worker.
			if (this.size === 0) this.emit('empty');
			throw made.reason;
		}
		const media = made.value;
		if (this.#closed) {
			media.close();
			throw new CodedError('UNAVAILABLE');
		}
		const peer: RouterPeer = {
			media,
			requestedQuality: this.#isPairing
				? this.#requestedQualityOf(() => [peer])
				: this.#roomQuality,
			published: false,
			expected: false,
			called: false,
			partner: null,
			view: { width: 0, height: 0 },
		};
		this.#peers.set(peerId, peer);
		this.#listenTo(peer);
		if (this.#speakers) this.#try(media.consumers.silence(this.#speakers.silent));
		return media;
	}

	/**
	 * Whether a peer in the lobby may join: then the encoders of the others stay awake (LOBBY-3); and whether it was called:
	 * then the others get ready to receive it (MEDIA-13).
	 */
	expect(peerId: PeerId, expected: boolean, called = false): void {
		const peer = this.#peers.get(peerId);
		if (peer && called) peer.called = true;
		if (!peer || peer.expected === expected) return;
		peer.expected = expected;
		peer.requestedQuality.refresh();
		this.#followReceivers();
	}

	/** A peer stated what it can receive. */
	setRtpCapabilities({ consumers }: PeerMedia, rtpCapabilities: RtpCapabilities): void {
		consumers.rtpCapabilities = rtpCapabilities;
		this.#followReceivers();
	}

	/** From now on the viewers of this peer may want its tracks. Its loopback consumers end (ROOM-1). */
	publish(peerId: PeerId, view: RouterPeer['view'] = { width: 0, height: 0 }): void {
		const peer = this.#peers.get(peerId);
		if (!peer) return;
		peer.view = view;
		if (peer.published) return;
		peer.published = true;
		peer.media.consumers.admit();
		this.#followReceivers();
		// To the end of the line: offers are ordered by joining, not by entering the lobby.
		this.#peers.delete(peerId);
		this.#peers.set(peerId, peer);
		this.#listenToMicrophone(peer);
		this.preSubscribe.reveal(peer);
		peer.requestedQuality.refresh();
	}

	/** Removes a peer with its transports, producers and consumers. */
	remove(peerId: PeerId): void {
		const peer = this.#peers.get(peerId);
		if (!peer) return;
		// Hidden first, so that its producers end without an event each: the viewers are told that the peer left.
		peer.published = false;
		this.#peers.delete(peerId);
		peer.media.close();
		this.#speakers?.forget(peerId);
		if (this.#isPairing) peer.requestedQuality.close();
		else peer.requestedQuality.refresh();
		if (!this.#closed) this.#routers.tidy();
		if (this.size === 0) this.emit('empty');
	}

	/** Carries out the wants of a peer (MEDIA-5). */
	async want({ peerId, consumers }: PeerMedia, wants: readonly Want[]): Promise<Received> {
		const peer = this.#peers.get(peerId);
		const [first] = wants.filter(({ width }) => width > 0);
		if (peer && first) peer.view = { width: first.width, height: first.height };
		const answer = consumers.want(wants, peer ? this.#peers.offersTo(peer) : new Map());
		if (peer) this.#refreshQualityOf([peer, ...this.#peers.seenBy(peer)]);
		return answer;
	}

	/** Carries out the wants of a peer that joins and has seen nothing yet (ROOM-1): the smallest pictures come first. */
	async wantFirst(media: PeerMedia, page: FirstPage): Promise<Received> {
		const peer = this.#peers.get(media.peerId);
		const offers = peer ? this.#peers.offersTo(peer).values() : [];
		return this.want(media, firstWants(offers, media.peerId, smallest(page)));
	}

	/** A peer resumed and has forgotten the requested quality: it sends all layers until the next message (MEDIA-10). */
	resetRequestedQuality(media: PeerMedia): void {
		const peer = this.#peers.get(media.peerId);
		for (const { producerId } of media.producers.offers) peer?.requestedQuality.forget(producerId);
		peer?.requestedQuality.refresh();
	}

	/**
	 * Shows a peer its partner, once it has built its ends and resumed them: a key frame that comes before is lost, and
	 * senders make no second one within 300 ms. It begins with the smallest picture. Pre-subscribed consumers flow at once.
	 *
	 * @returns the partner's producers, the consumers of them, and the producers without a consumer.
	 */
	async showPartner(
		peerId: PeerId,
		partner: PeerId,
	): Promise<Received & { producers: ProducerInfo[] }> {
		const peer = this.#peers.get(peerId);
		const other = this.#peers.get(partner);
		if (!peer || !other) return { producers: [], consumers: [], unavailable: [] };
		peer.partner = partner;
		peer.requestedQuality.refresh();
		const page = smallest({ videos: 1, ...peer.view });
		const wants = firstWants(other.media.producers.offers, peerId, page);
		const { consumers } = peer.media;
		this.#try(consumers.reveal(wants, this.#peers.offersTo(peer)));
		const { unavailable } = await this.want(peer.media, wants);
		const seen = consumers.infos.filter((info) => info.peerId === partner);
		return { producers: other.media.producers.infos, consumers: seen, unavailable };
	}

	/** Hides the partner of a peer. */
	hidePartner(peerId: PeerId): void {
		const peer = this.#peers.get(peerId);
		if (!peer) return;
		const seen = this.#peers.seenBy(peer);
		peer.partner = null;
		peer.media.consumers.closeShown();
		this.#refreshQualityOf([peer, ...seen]);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.removeAllListeners();
		this.#roomQuality.close();
		this.preSubscribe.close();
		for (const peerId of [...this.#peers.keys()]) this.remove(peerId);
		this.#routers.close();
		this.#speakers?.close();
	}

	async #createMedia(peerId: PeerId): Promise<PeerMedia> {
		const place = await this.#routers.place((home) => this.#peers.joinedOn(home));
		const silent = () => this.emit('silent', peerId);
		const stranger = this.#isPairing ? { consentTimeout, silent } : undefined;
		const log = this.#log.child({ peer: peerId });
		const { pipes } = this.#routers;
		try {
			return await PeerMedia.create(
				peerId,
				place,
				pipes,
				this.#refusals,
				log,
				this.#producing,
				stranger,
			);
		} catch (error) {
			throw place.home.placed.worker.closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	#listenTo(peer: RouterPeer): void {
		const { media, requestedQuality } = peer;
		const { peerId, producers } = media;
		producers.on('added', (info) => {
			for (const viewer of this.#peers.viewersOf(peer))
				this.emit('added', viewer.media.peerId, peerId, info);
			this.preSubscribe.follow(peer);
			this.#listenToMicrophone(peer);
			requestedQuality.refresh();
		});
		producers.on('updated', (info) => {
			for (const viewer of this.#peers.viewersOf(peer))
				this.emit('updated', viewer.media.peerId, peerId, info);
			if (info.source === 'microphone') this.#listenToMicrophone(peer);
		});
		producers.on('resized', () => {
			const resized = offersOf(peer.published ? [peer] : []);
			for (const viewer of this.#peers.all)
				if (this.#peers.sees(viewer, peer)) this.#try(viewer.media.consumers.follow(resized));
			requestedQuality.refresh();
		});
		producers.on('closed', (producerId) => {
			// All is lost with the worker, which is told once.
			if (media.home.placed.worker.died) return;
			requestedQuality.forget(producerId);
			this.#refusals.forget(producerId);
			if (this.#speakers) this.#try(this.#speakers.shut(producerId));
			// The worker ends them too, but reports it later: requests meanwhile would name consumers that have ended.
			this.preSubscribe.end(producerId);
			for (const viewer of this.#peers.viewersOf(peer))
				this.emit('closed', viewer.media.peerId, peerId, producerId);
		});
	}

	/** Chooses a codec for videos that all published and expected peers can receive. */
	#followReceivers(): void {
		const receivers = this.#peers.all.filter(({ published, expected }) => published || expected);
		this.#codec.follow(receivers.map(({ media }) => media.consumers));
	}

	#listenToMicrophone({ media, published }: RouterPeer): void {
		if (this.#speakers && published) this.#try(this.#speakers.follow(media));
	}

	#requestedQualityOf(owners: () => RouterPeer[]): RequestedQuality {
		return new RequestedQuality(
			() => {
				const own = owners();
				return this.#isPairing
					? requestsOfStrangers(
							own,
							own.flatMap((owner) => this.#peers.viewersOf(owner)),
						)
					: requestsOfRoom(own);
			},
			(peer, producer, layer) => {
				this.#log.debug({ peer, producer, layer }, 'requested quality changed');
				this.emit('requestedQuality', peer, producer, layer);
			},
		);
	}

	#refreshQualityOf(owners: readonly RouterPeer[]): void {
		for (const requestedQuality of new Set(owners.map((owner) => owner.requestedQuality)))
			requestedQuality.refresh();
	}

	/** Logs the failure of a task that no request waits for. */
	#try(task: Promise<void>): void {
		task.catch((error: unknown) => this.#log.error({ err: error }, 'media trouble'));
	}
}
