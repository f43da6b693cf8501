import { CodedError } from '#shared/errors.ts';
import type { MatchId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo, Unavailable } from '#shared/media.ts';
import type { MatchEnd, MatchMessage, MatchPartner, WaitEnd } from '#shared/match.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import { type Match, MatchSession, type MatchSessionListener } from '../../matching/match.ts';
import type { Matches } from '../../matching/matches.ts';
import { waitEndWords } from '../../matching/waitEndText.ts';
import type { MediaRouter } from '../../media/router/mediaRouter.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import { Aliases } from './aliases.ts';
import type { Client, Place } from '../client/client.ts';

/** A place in a pairing pool, which all matches of a client share. */
export type PoolPlace = { router: MediaRouter; name: string; media: PeerMedia };

type MatchPeerEvents = {
	/** The client began or stopped to wait, or its match began or ended. */
	moved(): void;
	/** The client has left matching. Called once. */
	left(): void;
	/** A task that no request waits for failed. */
	trouble(error: unknown): void;
};

/**
 * A client that meets strangers: the events of its session become facts, and its partner becomes
 * visible to it.
 */
export class MatchPeer implements MatchSessionListener, Place {
	readonly phase = 'match';
	readonly roomId = null;
	readonly session: MatchSession;
	readonly place: PoolPlace | null;
	readonly #client: Client;
	readonly #matches: Matches;
	readonly #events: MatchPeerEvents;
	/** The ids that the client gets in the place of the real ids, which never leave the server. */
	readonly #aliases = new Aliases();
	/** The peer that the client sees. */
	#partner: PeerId | null = null;
	/** Matches that the client learns of as soon as the engine is done. */
	#pendingMatches = 0;
	/** The consumers to be ready for, which the client learns of after that. */
	#aheadAfter: ConsumerInfo[] | null = null;
	#closed = false;

	constructor(client: Client, place: PoolPlace | null, matches: Matches, events: MatchPeerEvents) {
		this.#client = client;
		this.place = place;
		this.#matches = matches;
		this.#events = events;
		this.session = new MatchSession(client.personId, place?.name ?? null, this);
	}

	/** Its place in the pairing pool, if the person meets others by video. */
	get videoPlace(): PoolPlace | null {
		return this.session.wish.mode === 'video' ? this.place : null;
	}

	get ids(): Place['ids'] {
		return this.place ? { pool: this.place.name, peer: this.place.media.peerId } : {};
	}

	/** Into the queue (MATCH-4). */
	async start({ receive, ...wish }: Parsed<'match:start'>): Promise<number> {
		if (wish.mode === 'video') {
			if (!this.place)
				throw new CodedError('WRONG_PHASE', 'Meeting by video needs "media": true in match:enter.');
			if (!receive) throw new CodedError('BAD_REQUEST', 'receive: is needed to meet by video');
			const { router, media } = this.place;
			router.setRtpCapabilities(media, receive.rtpCapabilities);
			router.publish(media.peerId, receive.view);
		}
		const waiting = await this.#matches.start(this.session, wish);
		this.#events.moved();
		return waiting;
	}

	/** What a client may send here. @throws {CodedError} NOT_ALLOWED. */
	check({ source }: { source: MediaSource }): void {
		if (source === 'screen' || source === 'screen-audio')
			throw new CodedError('NOT_ALLOWED', "You can't share your screen with strangers.");
	}

	/** The client has left this place. May be called twice. */
	end(why: 'left' | 'lost'): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#matches.maker.remove(this.session, why);
		this.place?.router.remove(this.place.media.peerId);
		this.#events.left();
	}

	isOfSamePeer(): boolean {
		return false;
	}

	left(): void {
		this.end('left');
	}

	/** The page goes: strangers do not wait for it. */
	unload(): void {
		this.#client.leave();
	}

	/** The connection was lost: the partner is free at once (MATCH-7). */
	lose(): void {
		this.#client.evict();
		this.end('lost');
	}

	/** The media worker is gone. */
	abandon(): void {
		if (this.#closed) return;
		this.lose();
		const { code, message } = new CodedError('MEDIA_LOST');
		this.#client.tell('match:lost', { code, message });
	}

	tell: Client['tell'] = (name, data) => this.#client.tell(name, data);

	/** A producer of the partner is new or has changed. */
	sends(name: 'producer:added' | 'producer:updated', from: PeerId, info: ProducerInfo): void {
		const producer = this.#aliases.producer(from, info);
		this.tell(name, { peerId: this.#aliases.peer(from), producer });
	}

	/** A producer of the partner ended. */
	sendsNoMore(from: PeerId, producer: ProducerId): void {
		const producerId = this.#aliases.end(from, producer);
		this.tell('producer:closed', { peerId: this.#aliases.peer(from), producerId });
	}

	/** Carries out what the client wants of its partner (MEDIA-5). Only the names of this match are known (MATCH-2). */
	async want(wants: Parsed<'media:want'>['wants']): Promise<Data<'media:want'>> {
		if (!this.place) throw new CodedError('WRONG_PHASE');
		const { router, media } = this.place;
		const { match } = this.session;
		/** The aliases under which producers were asked for. */
		const names = new Map<string, ProducerId>();
		const known = wants.flatMap((want) => {
			const producerId = this.#aliases.real(want.producerId);
			if (producerId) names.set(producerId, want.producerId);
			return producerId ? [{ ...want, producerId }] : [];
		});
		const answer = await router.want(media, known);
		// A partner who left meanwhile has no aliases any more, and the consumers are closed.
		if (this.session.match !== match) names.clear();
		const missing = new Set(wants.map(({ producerId }) => producerId));
		for (const name of names.values()) missing.delete(name);
		const unavailable: Unavailable = [...missing].map((id) => ({ id, code: 'NOT_FOUND' }));
		for (const { id, code } of answer.unavailable) {
			const name = names.get(id);
			if (name) unavailable.push({ id: name, code });
		}
		const consumers = answer.consumers.filter(({ producerId }) => names.has(producerId));
		return { consumers: this.#named(consumers), unavailable };
	}

	/** All consumers to be ready for (MATCH-6). Those of a new partner are not among them; `match:found` names these first. */
	ahead(consumers: ConsumerInfo[]): void {
		if (this.#pendingMatches > 0) {
			this.#aheadAfter = consumers;
			return;
		}
		this.#aliases.keep(this.#partner, consumers);
		this.tell('media:ahead', { consumers: this.#named(consumers) });
	}

	waiting(waiting: number): void {
		this.tell('match:waiting', { waiting });
	}

	found(match: Match, partner: MatchPartner): void {
		this.#showPartner(match, partner).catch(this.#events.trouble);
		this.#events.moved();
	}

	ended({ id: matchId }: Match, why: MatchEnd, by: 'you' | 'partner', waiting: number): void {
		this.#hidePartner();
		this.#events.moved();
		if (by === 'partner') this.tell('match:ended', { matchId, why, waiting });
	}

	stopped(why: WaitEnd): void {
		this.#events.moved();
		this.tell('match:stopped', { why, message: waitEndWords(why) });
	}

	posted(matchId: MatchId, message: MatchMessage): void {
		this.tell('match:posted', { matchId, message });
	}

	typing(matchId: MatchId, typing: boolean): void {
		this.tell('match:typing', { matchId, typing });
	}

	keep(matchId: MatchId, keep: boolean): void {
		this.tell('match:keep', { matchId, keep });
	}

	kept(matchId: MatchId): void {
		this.tell('match:kept', { matchId });
	}

	isSending(): boolean {
		return this.videoPlace?.media.producers.infos.some(({ paused }) => !paused) ?? false;
	}

	/** Makes the partner visible, if both meet by video, and tells the client (MATCH-5). */
	async #showPartner(match: Match, partner: MatchPartner): Promise<void> {
		const matchId = match.id;
		const { listener } = match.partnerOf(this.session);
		const theirs = listener instanceof MatchPeer ? listener.videoPlace : null;
		if (!this.place || !theirs) {
			const nothing = { consumers: [], unavailable: [] };
			this.tell('match:found', { matchId, partner, peer: null, ...nothing });
			return;
		}
		const { router, media } = this.place;
		const { peerId } = theirs.media;
		this.#partner = peerId;
		this.#pendingMatches++;
		try {
			const { producers, consumers, unavailable } = await router
				.showPartner(media.peerId, peerId)
				.catch((error: unknown) => {
					// Without the fact the page would wait for ever.
					this.#events.trouble(error);
					return { producers: theirs.media.producers.infos, consumers: [], unavailable: [] };
				});
			if (this.session.match !== match) return;
			const aliases = this.#aliases;
			this.tell('match:found', {
				matchId,
				partner,
				peer: {
					peerId: aliases.peer(peerId),
					producers: producers.map((info) => aliases.producer(peerId, info)),
				},
				consumers: this.#named(consumers),
				unavailable: unavailable.map(({ id, code }) => ({
					id: aliases.producerId(peerId, id as ProducerId),
					code,
				})),
			});
		} finally {
			this.#pendingMatches--;
			const consumers = this.#aheadAfter;
			if (consumers && this.#pendingMatches === 0) {
				this.#aheadAfter = null;
				this.ahead(consumers);
			}
		}
	}

	/** Hides the partner and forgets the partner's aliases. */
	#hidePartner(): void {
		this.place?.router.hidePartner(this.place.media.peerId);
		const partner = this.#partner;
		this.#partner = null;
		if (!partner) return;
		this.#aliases.forget(partner);
		this.#aheadAfter = this.#aheadAfter?.filter(({ peerId }) => peerId !== partner) ?? null;
	}

	#named(consumers: readonly ConsumerInfo[]): ConsumerInfo[] {
		return consumers.map((info) => this.#aliases.consumer(info));
	}
}

/** What a client that enters needs for its transports. */
export const placeInfo = (
	place: PoolPlace | null,
	iceServers: Data<'lobby:enter'>['iceServers'],
): Data<'match:enter'>['media'] =>
	place && {
		routerRtpCapabilities: place.router.rtpCapabilities,
		iceServers,
		sendTransport: place.media.options('send'),
		recvTransport: place.media.options('recv'),
	};
