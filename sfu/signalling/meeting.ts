import { CodedError } from '#shared/errors.ts';
import type { MatchId, PeerId, ProducerId } from '#shared/ids.ts';
import type { ConsumerInfo, ProducerInfo, Unavailable } from '#shared/media.ts';
import type { MatchEnd, MatchMessage, MatchPartner, WaitEnd } from '#shared/match.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Match } from '../matching/match.ts';
import type { Matches } from '../matching/matches.ts';
import { Stay, type StayListener } from '../matching/stay.ts';
import { waitEndWords } from '../matching/words.ts';
import type { HallMedia } from '../media/hallMedia.ts';
import type { PeerMedia } from '../media/peerMedia.ts';
import { Aliases } from './aliases.ts';
import type { Client } from './client.ts';

/** A place in a hall, which all matches of a client share. */
export type HallPlace = { hall: HallMedia; name: string; media: PeerMedia };

type MeetingEvents = {
	/** Waits, has met somebody, or neither any more. */
	moved(): void;
	/** Once, when the client met strangers long enough. */
	left(): void;
	/** Something failed that no request waits for. */
	trouble(error: unknown): void;
};

/**
 * A client that meets strangers: what happens to it becomes facts, and whoever it is brought together with becomes
 * visible to it.
 */
export class Meeting implements StayListener {
	readonly stay: Stay;
	readonly place: HallPlace | null;
	readonly #client: Client;
	readonly #matches: Matches;
	readonly #on: MeetingEvents;
	/** What the client is told instead of the ids of those it meets: none of these leave the server. */
	readonly #aliases = new Aliases();
	/** Whom the client sees. */
	#partner: PeerId | null = null;
	/** Meetings that the client is told of as soon as the engine is done. */
	#meets = 0;
	/** What it is told then to be ready for. */
	#aheadAfter: ConsumerInfo[] | null = null;
	#closed = false;

	constructor(client: Client, place: HallPlace | null, matches: Matches, on: MeetingEvents) {
		this.#client = client;
		this.place = place;
		this.#matches = matches;
		this.#on = on;
		this.stay = new Stay(client.personId, place?.name ?? null, this);
	}

	/** Where it sees others, if that is what the person wishes. */
	get stage(): HallPlace | null {
		return this.stay.wish.mode === 'video' ? this.place : null;
	}

	/** Into the queue (R98). */
	async start({ receive, ...wish }: Parsed<'match:start'>): Promise<number> {
		if (wish.mode === 'video') {
			if (!this.place)
				throw new CodedError('WRONG_PHASE', 'Meeting by video needs "media": true in match:enter.');
			if (!receive) throw new CodedError('BAD_REQUEST', 'receive: is needed to meet by video');
			const { hall, media } = this.place;
			hall.goLive(media.peerId, receive.rtpCapabilities, receive.view);
		}
		const waiting = await this.#matches.start(this.stay, wish);
		this.#on.moved();
		return waiting;
	}

	/** What a client may send here. @throws {CodedError} NOT_ALLOWED. */
	check({ source }: { source: MediaSource }): void {
		if (source === 'screen' || source === 'screen-audio')
			throw new CodedError('NOT_ALLOWED', 'Screens are not shared with strangers.');
	}

	/** The client goes elsewhere. */
	leave(): void {
		this.#close('left');
	}

	/** The connection was lost: the partner is free at once (R100). */
	lose(): void {
		this.#close('lost');
	}

	/** The media worker is gone. */
	abandon(): void {
		if (this.#closed) return;
		this.#close('lost');
		const { code, message } = new CodedError('MEDIA_LOST');
		this.#client.tell('match:lost', { code, message });
	}

	tell: Client['tell'] = (name, told) => this.#client.tell(name, told);

	/** What the partner sends is new or another. */
	sends(name: 'producer:added' | 'producer:updated', from: PeerId, info: ProducerInfo): void {
		const producer = this.#aliases.producer(from, info);
		this.tell(name, { peerId: this.#aliases.peer(from), producer });
	}

	/** Something that the partner sent has ended. */
	sendsNoMore(from: PeerId, producer: ProducerId): void {
		const producerId = this.#aliases.end(from, producer);
		this.tell('producer:closed', { peerId: this.#aliases.peer(from), producerId });
	}

	/** Carries out what the client wants of its partner (R27). Only the names of this match are known (R96). */
	async want(wants: Parsed<'media:want'>['wants']): Promise<Data<'media:want'>> {
		if (!this.place) throw new CodedError('WRONG_PHASE');
		const { hall, media } = this.place;
		const { match } = this.stay;
		/** Under which name something was asked for. */
		const names = new Map<string, ProducerId>();
		const known = wants.flatMap((want) => {
			const producerId = this.#aliases.real(want.producerId);
			if (producerId) names.set(producerId, want.producerId);
			return producerId ? [{ ...want, producerId }] : [];
		});
		const answer = await hall.want(media.peerId, known);
		// Who is gone by now has no names any more: what was made of them is closed.
		if (this.stay.match !== match) names.clear();
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

	/** All that the client is to be ready for (R145). What is of the one it meets now is not in it any more, and is told first. */
	ahead(consumers: ConsumerInfo[]): void {
		if (this.#meets > 0) {
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
		this.#meet(match, partner).catch(this.#on.trouble);
		this.#on.moved();
	}

	ended({ id: matchId }: Match, why: MatchEnd, by: 'you' | 'partner', waiting: number): void {
		this.#part();
		this.#on.moved();
		if (by === 'partner') this.tell('match:ended', { matchId, why, waiting });
	}

	stopped(why: WaitEnd): void {
		this.#on.moved();
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
		return this.stage?.media.producers.infos.some(({ paused }) => !paused) ?? false;
	}

	/** Makes the partner visible, if they see each other, and tells of them (R99). */
	async #meet(match: Match, partner: MatchPartner): Promise<void> {
		const matchId = match.id;
		const { listener } = match.partnerOf(this.stay);
		const theirs = listener instanceof Meeting ? listener.stage : null;
		if (!this.place || !theirs) {
			const nothing = { consumers: [], unavailable: [] };
			this.tell('match:found', { matchId, partner, peer: null, ...nothing });
			return;
		}
		const { hall, media } = this.place;
		const { peerId } = theirs.media;
		this.#partner = peerId;
		this.#meets++;
		try {
			const { producers, consumers, unavailable } = await hall
				.see(media.peerId, peerId)
				.catch((error: unknown) => {
					// A page that is told of no partner waits for ever.
					this.#on.trouble(error);
					return { producers: theirs.media.producers.infos, consumers: [], unavailable: [] };
				});
			if (this.stay.match !== match) return;
			const aliases = this.#aliases;
			this.tell('match:found', {
				...{ matchId, partner },
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
			this.#meets--;
			const consumers = this.#aheadAfter;
			if (consumers && this.#meets === 0) {
				this.#aheadAfter = null;
				this.ahead(consumers);
			}
		}
	}

	/** The client sees its partner no more, and knows them by no name. */
	#part(): void {
		this.place?.hall.part(this.place.media.peerId);
		const partner = this.#partner;
		this.#partner = null;
		if (!partner) return;
		this.#aliases.forget(partner);
		this.#aheadAfter = this.#aheadAfter?.filter(({ peerId }) => peerId !== partner) ?? null;
	}

	#named(consumers: readonly ConsumerInfo[]): ConsumerInfo[] {
		return consumers.map((info) => this.#aliases.consumer(info));
	}

	#close(why: 'left' | 'lost'): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#matches.maker.remove(this.stay, why);
		this.#client.moveTo({ phase: 'outside' });
		this.place?.hall.remove(this.place.media.peerId);
		this.#on.left();
	}
}

/** What somebody who enters is told of their place. */
export const placeInfo = (
	place: HallPlace | null,
	iceServers: Data<'lobby:enter'>['iceServers'],
): Data<'match:enter'>['media'] =>
	place && {
		routerRtpCapabilities: place.hall.rtpCapabilities,
		iceServers,
		sendTransport: place.media.options('send'),
		recvTransport: place.media.options('recv'),
	};
