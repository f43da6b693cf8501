import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { Unavailable } from '#shared/media.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import { checkSealed } from '../../chat/sealing.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Peer } from '../../rooms/peer.ts';
import type { Client, Place } from '../client/client.ts';
import type { HostActions } from './hostActions.ts';
import type { PageReloads } from './pageReloads.ts';
import { stateFor, type RoomParts } from './roomState.ts';
import type { PeerSession } from './peerSessions.ts';

/** The live room that clients come into. */
type Live = RoomParts & {
	readonly closed: boolean;
	readonly lobbyPeers: number;
	readonly hostActions: HostActions;
	readonly pageReloads: PageReloads;
	readonly metrics: Pick<Metrics, 'joinStep' | 'lost' | 'recovered'>;
	/** The place of a client that holds this peer session. */
	placeOf(client: Client, peerSession: PeerSession, phase: 'lobby' | 'room'): Place;
	rename(peer: Peer, name: string): void;
	end(client: Client, code: ErrorCode): void;
};

/** How clients get into a live room: into its lobby, from there into the call, and back to their peer. */
export class RoomEntry {
	readonly #live: Live;

	constructor(live: Live) {
		this.#live = live;
	}

	/**
	 * Into the lobby (LOBBY-1).
	 *
	 * @param input whose `follows` is the token of the page whose place this page takes over, if it was kept (RELOAD-2).
	 */
	async enter(
		client: Client,
		{ follows, encryption }: Pick<Parsed<'lobby:enter'>, 'follows' | 'encryption'>,
	): Promise<PeerSession> {
		const live = this.#live;
		const began = performance.now();
		const kept = follows && (await live.pageReloads.follow(client, follows));
		if (kept) {
			client.occupy(live.placeOf(client, kept, 'lobby'));
			this.#timeEntering(began, kept);
			return kept;
		}
		if (live.closed) throw new CodedError('UNAVAILABLE');
		// Each peer in the lobby has transports (MEDIA-20).
		if (live.room.size - live.room.joined.length >= live.lobbyPeers)
			throw new CodedError('LIMIT_REACHED', "Too many people are already in this room's lobby.");
		const peer = live.room.enter(client.personId);
		this.#checkSecret(peer, encryption);
		try {
			const media = await live.media.add(peer.id);
			if (live.closed) throw new CodedError('UNAVAILABLE');
			const peerSession = { peer, media };
			const admissionState = live.roomAdmission.stateOf(peer);
			const called = live.roomAdmission.isCalled(peer.personId);
			live.media.expect(peer.id, admissionState.admission === 'open', called);
			live.peerSessions.add({ ...peerSession, client, admissionState, stopped: new Set() });
			client.occupy(live.placeOf(client, peerSession, 'lobby'));
			this.#timeEntering(began, peerSession);
			return peerSession;
		} catch (error) {
			live.room.leave(peer);
			throw live.closed ? new CodedError('UNAVAILABLE') : error;
		}
	}

	/** From the lobby into the room (ROOM-1). */
	async join(
		client: Client,
		peerSession: PeerSession,
		input: Parsed<'room:join'>,
	): Promise<Data<'room:join'>> {
		const live = this.#live;
		const began = performance.now();
		const { peer, media } = peerSession;
		const returns = peer.isInRoom;
		live.roomAdmission.check(peer.personId);
		if (!returns) await this.#admit(peerSession, input.encryption);
		checkSealed(live.rules.encryption, [input.name]);
		live.media.setRtpCapabilities(media, input.rtpCapabilities);
		live.room.join(peer, input.name);
		live.media.publish(peer.id);
		if (returns) {
			live.pageReloads.resumed(peer, media);
			live.rename(peer, input.name);
		}
		// Refusals of the engine do not undo the join (MEDIA-16).
		await live.mediaPermissions.admit(peerSession);
		const [{ unavailable }] = await Promise.all([
			live.media.wantFirst(media, input.firstPage),
			live.hostActions.untilHostKnown(peer.personId),
		]);
		if (live.closed) throw new CodedError('MEDIA_LOST');
		this.#checkHeld(client, peerSession);
		if (!live.peerSessions.get(peer.id)) {
			// A host removed the peer meanwhile; the client has been told.
			const removed = live.rules.roleOf(peer.personId) === 'removed';
			if (removed) throw new CodedError('REMOVED');
			throw new CodedError(
				live.roomAdmission.isMoved(peer.personId) ? 'MOVED_TO_WAITING' : 'CALL_ENDED',
			);
		}
		const answer = this.#settleIn(client, peerSession, unavailable);
		if (returns) live.metrics.recovered('page');
		this.#timeJoining(began, media, answer.consumers.length > 0);
		return answer;
	}

	/** Back to the peer this client was before its connection was lost (ROOM-3). */
	resume(
		client: Client,
		token: NonNullable<Parsed<'room:join'>['resumeToken']>,
	): Data<'room:join'> {
		const live = this.#live;
		const peer = live.room.resume(token, client.personId);
		const peerSession = live.peerSessions.get(peer.id);
		if (!peerSession) throw new CodedError('RESUME_EXPIRED');
		const before = peerSession.client;
		if (before && before !== client) {
			live.end(before, 'TAKEN_OVER');
			// The client noticed first that its connection was lost.
			live.metrics.lost('connection');
		}
		if (before !== client) live.metrics.recovered('connection');
		peerSession.client = client;
		live.media.resetRequestedQuality(peerSession.media);
		return this.#settleIn(client, peerSession);
	}

	/** A refused client leaves no room behind that came to life for it. */
	#checkSecret(peer: Peer, encryption: Parsed<'lobby:enter'>['encryption']): void {
		try {
			this.#live.encryption.check(encryption?.check);
		} catch (error) {
			this.#live.room.leave(peer);
			throw error;
		}
	}

	/** The rule of an encrypted room (ENCRYPTION-2). Who was inside before proves nothing again. */
	async #admit(
		{ peer }: PeerSession,
		encryption: Parsed<'room:join'>['encryption'],
	): Promise<void> {
		const live = this.#live;
		await live.encryption.admit(encryption?.check);
		peer.exchangeKey = encryption?.exchangeKey;
		if (live.closed) throw new CodedError('MEDIA_LOST');
		if (!live.peerSessions.get(peer.id)) throw new CodedError('WRONG_PHASE');
	}

	#timeEntering(began: number, { media }: PeerSession): void {
		const { metrics } = this.#live;
		metrics.joinStep('enter', performance.now() - began);
		void media.opened.then((ms) => metrics.joinStep('connect', ms));
	}

	/** @param receives whether others send: a peer that is alone waits for more than for its join. */
	#timeJoining(began: number, { consumers }: PeerMedia, receives: boolean): void {
		const { metrics } = this.#live;
		metrics.joinStep('join', performance.now() - began);
		if (receives)
			void consumers.firstFlow.then((flowed) => metrics.joinStep('media', flowed - began));
	}

	/** @throws {CodedError} TAKEN_OVER if another page took the place meanwhile. */
	#checkHeld(client: Client, { peer }: PeerSession): void {
		const peerSession = this.#live.peerSessions.get(peer.id);
		if (peerSession && peerSession.client !== client) throw new CodedError('TAKEN_OVER');
	}

	/** The state of the room now. From here on the client gets the changes (ROOM-1, ROOM-3). */
	#settleIn(
		client: Client,
		peerSession: PeerSession,
		unavailable: Unavailable = [],
	): Data<'room:join'> {
		client.hold();
		const live = this.#live;
		client.occupy(live.placeOf(client, peerSession, 'room'));
		live.pageReloads.settled(peerSession.peer);
		live.media.preSubscribe.renew(peerSession.peer.id);
		return stateFor(live, peerSession, unavailable);
	}
}
