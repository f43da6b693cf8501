import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo } from '#shared/media.ts';
import type { Log } from '../../platform/log.ts';
import { offersOf, type RouterPeer } from './visibility.ts';
import { firstWants } from '../peer/wants.ts';

/** In rooms with more viewers than this, the viewers do not get ready for a called peer: one more face matters little there. */
const maxViewers = 8;
/** The most owners that a viewer in a pairing pool gets ready for: each ready consumer is part of every later negotiation. */
const maxOwners = 4;

/** How a pre-subscribed track flows until its viewer states its wants: the smallest picture, which arrives first. */
const smallestView = { videos: 1, width: 1, height: 1 };

/** How long a pairing pool waits before its viewers get ready, in ms: a new pair first builds its own consumers. And at most. */
const pause = 400;
const maxPause = 1_000;

/** For each viewer the owners that it may see next. */
export type Expected = ReadonlyMap<PeerId, readonly PeerId[]>;

/**
 * Gets viewers ready for tracks of owners that they do not see yet: in a room for called peers in the lobby
 * (MEDIA-13), in a pairing pool for the next partner (MATCH-6). The consumers are built and do not flow, so that the first picture
 * and the first sound need no negotiation.
 */
export class PreSubscribe {
	readonly #peers: ReadonlyMap<PeerId, RouterPeer>;
	readonly #log: Log;
	readonly #ready: (viewer: PeerId, consumers: ConsumerInfo[]) => void;
	#timer: NodeJS.Timeout | null = null;
	/** When the timer was first set, by `performance.now()`. */
	#since = 0;
	#closed = false;

	/** @param ready is given all consumers that a viewer is to be ready for. */
	constructor(
		peers: ReadonlyMap<PeerId, RouterPeer>,
		log: Log,
		ready: (viewer: PeerId, consumers: ConsumerInfo[]) => void,
	) {
		this.#peers = peers;
		this.#log = log;
		this.#ready = ready;
	}

	/**
	 * The likely next partners in a pairing pool changed. A moment later each viewer gets ready for its own, in the
	 * place of those that it was ready for.
	 *
	 * @param expected is called then.
	 */
	soon(expected: () => Expected): void {
		if (this.#closed) return;
		if (!this.#timer) this.#since = performance.now();
		else if (performance.now() - this.#since > maxPause) return;
		else clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = null;
			for (const [peerId, owners] of expected()) {
				const viewer = this.#peers.get(peerId);
				const next = owners.slice(0, maxOwners).flatMap((owner) => this.#peers.get(owner) ?? []);
				if (viewer)
					this.#prepare(
						viewer,
						next.filter(({ published }) => published),
					);
			}
		}, pause);
	}

	/** An owner in the lobby of a room sends other tracks now. If it was called, the joined viewers get ready for them. */
	follow(owner: RouterPeer): void {
		if (!owner.called || this.#viewers.length > maxViewers) return;
		for (const viewer of this.#viewers) this.#prepare(viewer, this.#called);
	}

	/** A viewer joined the room, or resumed: it gets ready for all called peers. */
	renew(peerId: PeerId): void {
		const viewer = this.#peers.get(peerId);
		if (!viewer) return;
		// A client that resumes may still know the consumers that it was ready for.
		if (viewer.media.consumers.forgetPreSubscribed()) this.#announce(viewer);
		if (this.#viewers.length <= maxViewers) this.#prepare(viewer, this.#called);
	}

	/** An owner joined the room: its pre-subscribed tracks flow. */
	reveal(owner: RouterPeer): void {
		if (!owner.called) return;
		owner.called = false;
		const offers = offersOf(this.#viewers);
		for (const { media } of this.#viewers) {
			const wants = firstWants(owner.media.producers.offers, media.peerId, smallestView);
			media.consumers.reveal(wants, offers).catch(this.#onTrouble);
		}
	}

	/** A producer ended, and with it all consumers of it. */
	end(producerId: ProducerId): void {
		for (const viewer of this.#peers.values())
			if (viewer.media.consumers.end(producerId)) this.#announce(viewer);
	}

	close(): void {
		this.#closed = true;
		if (this.#timer) clearTimeout(this.#timer);
	}

	readonly #onTrouble = (error: unknown): void => {
		this.#log.error({ err: error }, 'media trouble');
	};

	get #viewers(): RouterPeer[] {
		return [...this.#peers.values()].filter(({ published }) => published);
	}

	get #called(): RouterPeer[] {
		return [...this.#peers.values()].filter(({ called }) => called);
	}

	/** Makes a viewer ready for exactly the tracks of these owners. */
	#prepare(viewer: RouterPeer, owners: readonly RouterPeer[]): void {
		const { consumers } = viewer.media;
		const offers = offersOf(owners);
		const isLess = consumers.forgetPreSubscribed(offers);
		if (!isLess && consumers.preSubscribed.length === offers.size) return;
		const announce = () => this.#announce(viewer);
		const { peerId: peer } = viewer.media;
		this.#log.debug({ peer, producers: [...offers.keys()] }, 'viewer pre-subscribes');
		if (offers.size > 0)
			consumers.preSubscribe([...offers.values()], announce).catch(this.#onTrouble);
		else announce();
	}

	#announce({ media }: RouterPeer): void {
		this.#ready(media.peerId, media.consumers.preSubscribed);
	}
}
