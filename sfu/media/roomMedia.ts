import { EventEmitter } from 'node:events';
import type { Router } from 'mediasoup/types';
import type { PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo, VideoCodec, Want } from '#shared/media.ts';
import { CodedError } from '#shared/errors.ts';
import type { FirstPage, Speakers as SpeakersState } from '#shared/room.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { Coming } from './coming.ts';
import { Demand } from './demand.ts';
import { Refusals, type RefusalContext } from './engineErrors.ts';
import { Members } from './members.ts';
import type { Received } from './peerConsumers.ts';
import { PeerMedia } from './peerMedia.ts';
import { RoomCodec } from './roomCodec.ts';
import { Speakers } from './speakers.ts';
import { firstWants } from './wants.ts';
import type { Placed, WorkerPool } from './workers.ts';

type RoomMediaEvents = {
	/** A published peer began to send something. */
	added: [PeerId, ProducerInfo];
	updated: [PeerId, ProducerInfo];
	closed: [PeerId, ProducerId];
	/** The highest layer anyone wants of a video, or null when nobody watches (R32). */
	demand: [PeerId, ProducerId, number | null];
	/** What this peer is to get ready for (R140). */
	ahead: [PeerId, ConsumerInfo[]];
	/** What videos are to be sent in from now on (R66). */
	codec: [VideoCodec];
	/** Who speaks, or has the word (R60). */
	speakers: [SpeakersState];
	/** Something failed that nobody foresaw. */
	trouble: [unknown, RefusalContext?];
	/** The worker died and all of this with it. */
	lost: [];
};

/** What a room publishes, on one router. */
export class RoomMedia extends EventEmitter<RoomMediaEvents> {
	readonly #router: Router;
	readonly #placed: Placed;
	readonly #speakers: Speakers;
	readonly #members = new Members();
	readonly #demand = new Demand(
		() => this.#members.wanted,
		(...told) => this.emit('demand', ...told),
	);
	readonly #coming = new Coming(
		() => this.#members.all,
		(...told) => this.emit('ahead', ...told),
		(error) => this.emit('trouble', error),
	);
	readonly #refusals = new Refusals((...refusal) => this.emit('trouble', ...refusal));
	readonly #codec: RoomCodec;
	#closed = false;

	private constructor(router: Router, placed: Placed, speakers: Speakers, videoCodec: VideoCodec) {
		super();
		this.#codec = new RoomCodec(videoCodec, (codec) => this.emit('codec', codec));
		this.#speakers = speakers;
		speakers.on('changed', (state) => this.emit('speakers', state));
		speakers.on('silent', (silent) => {
			for (const { media } of this.#members.all) this.#try(media.consumers.silence(silent));
		});
		this.#router = router;
		this.#placed = placed;
		placed.onDied.add(this.#onDied);
	}

	/** @param audible how many microphones are heard at a time; 0 for all. */
	static async create(pool: WorkerPool, audible: number): Promise<RoomMedia> {
		const { router, placed } = await pool.createRouter();
		try {
			const speakers = await Speakers.create(router, audible);
			return new RoomMedia(router, placed, speakers, pool.videoCodec);
		} catch (error) {
			router.close();
			throw placed.worker.closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	/** Who speaks, as it was told last, and which microphones are not heard. */
	get speakers(): Pick<Speakers, 'state' | 'silent'> {
		return this.#speakers;
	}

	get rtpCapabilities(): RtpCapabilities {
		return this.#router.rtpCapabilities as RtpCapabilities;
	}

	get videoCodec(): VideoCodec {
		return this.#codec.current;
	}

	/** Gives a peer its transports. It is published to nobody yet: it is in the lobby. */
	async add(peerId: PeerId): Promise<PeerMedia> {
		const media = await PeerMedia.create(peerId, this.#router, this.#placed, this.#refusals);
		if (this.#closed) {
			media.close();
			throw new CodedError('UNAVAILABLE');
		}
		this.#members.put({ media, published: false, expected: false });
		this.#try(media.consumers.silence(this.#speakers.silent));
		media.producers.on('added', (info) => {
			if (this.#members.isPublished(peerId)) this.emit('added', peerId, info);
			else this.#coming.follow(media);
			this.#listenTo(peerId);
			this.#demand.refresh();
		});
		media.producers.on('updated', (info) => {
			if (this.#members.isPublished(peerId)) this.emit('updated', peerId, info);
			if (info.source === 'microphone') this.#listenTo(peerId);
		});
		media.producers.on('resized', () => this.#followSizes());
		media.producers.on('closed', (producerId) => {
			this.#demand.forget(producerId);
			this.#refusals.forget(producerId);
			this.#try(this.#speakers.shut(producerId));
			// The worker ends them too, but says so later: requests meanwhile would name what is not there.
			this.#coming.end(producerId);
			if (this.#members.isPublished(peerId)) this.emit('closed', peerId, producerId);
		});
		return media;
	}

	/**
	 * Whether somebody in the lobby may come in: then the encoders of the others stay awake (R12); and whether they were
	 * called: then the others get ready to receive them (R140).
	 */
	expect(peerId: PeerId, expected: boolean, called = false): void {
		const member = this.#members.get(peerId);
		if (member && called) this.#coming.add(member.media);
		if (!member || member.expected === expected) return;
		member.expected = expected;
		this.#demand.refresh();
		this.#followReceivers();
	}

	/** A peer said what it can receive. */
	learn(media: PeerMedia, rtpCapabilities: RtpCapabilities): void {
		media.consumers.rtpCapabilities = rtpCapabilities;
		this.#followReceivers();
	}

	/** From now on everybody may want what this peer sends. Its loopback consumers end (R15). */
	publish(peerId: PeerId): void {
		const member = this.#members.get(peerId);
		if (!member) return;
		member.media.consumers.admit();
		member.published = true;
		this.#followReceivers();
		// To the end of the line: offers are ordered by joining, not by entering the lobby.
		this.#members.put(member);
		this.#listenTo(peerId);
		this.#coming.reveal(member.media, this.#members.offers);
		this.#demand.refresh();
	}

	/** Takes a peer out, with all it had. */
	remove(peerId: PeerId): void {
		const member = this.#members.get(peerId);
		if (!member) return;
		// Not published any more, so that its producers end without a word each: `peer:left` says it all.
		member.published = false;
		this.#members.delete(peerId);
		member.media.close();
		this.#coming.forget(peerId);
		this.#speakers.forget(peerId);
		this.#demand.refresh();
	}

	/** Carries out the wants of a peer (R27). */
	async want(media: PeerMedia, wants: readonly Want[]): Promise<Received> {
		const answer = media.consumers.want(wants, this.#members.offers);
		this.#demand.refresh();
		return answer;
	}

	/** Carries out the wants of a peer that joins and has seen nothing yet (R15). */
	async wantFirst(media: PeerMedia, page: FirstPage): Promise<Received> {
		return this.want(media, firstWants(this.#members.offers.values(), media.peerId, page));
	}

	/** A peer is in now, or again: it gets ready for those who were called (R140). */
	welcome(media: PeerMedia): void {
		this.#coming.welcome(media);
	}

	/** A peer came back and has forgotten what it was told: until told again it sends all (R32). */
	forgetTold(media: PeerMedia): void {
		for (const { producerId } of media.producers.offers) this.#demand.forget(producerId);
		this.#demand.refresh();
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#placed.onDied.delete(this.#onDied);
		this.#demand.close();
		for (const { media } of this.#members.all) this.remove(media.peerId);
		this.#speakers.close();
		this.#router.close();
		this.removeAllListeners();
	}

	readonly #onDied = (): void => {
		this.emit('lost');
	};

	/** Sends in what all can receive who are inside or about to come in. */
	#followReceivers(): void {
		const members = this.#members.all.filter((one) => one.published || one.expected);
		this.#codec.follow(members.map(({ media }) => media.consumers));
	}

	/** Listens to a peer's microphone, if it is open and everybody's. */
	#listenTo(peerId: PeerId): void {
		const { producers } = this.#members.get(peerId)?.media ?? {};
		const microphone = producers?.microphone;
		if (!producers || !microphone || !this.#members.isPublished(peerId)) return;
		const info = producers.infos.find(({ producerId }) => producerId === microphone.id);
		if (info?.paused) this.#try(this.#speakers.shut(info.producerId));
		else this.#try(this.#speakers.open(peerId, microphone));
	}

	/** What no request waits for. */
	#try(task: Promise<void>): void {
		task.catch((error: unknown) => this.emit('trouble', error));
	}

	#followSizes(): void {
		const offers = this.#members.offers;
		for (const { media } of this.#members.all) {
			this.#try(media.consumers.follow(offers));
		}
		this.#demand.refresh();
	}
}
