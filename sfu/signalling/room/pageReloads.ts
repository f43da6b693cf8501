import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';
import { mediaSource } from '#shared/mediaSource.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import type { MediaRouter } from '../../media/router/mediaRouter.ts';
import type { Presence } from '../../people/presence/presence.ts';
import type { Peer } from '../../rooms/peer.ts';
import type { Room } from '../../rooms/room.ts';
import type { Client } from '../client/client.ts';
import type { HeldSession, PeerSessions } from './peerSessions.ts';

type Parts = {
	room: Room;
	media: MediaRouter;
	peerSessions: PeerSessions;
	presence: Pick<Presence, 'stay' | 'leave'>;
	/** Tells a client that it has lost its place. */
	end: (client: Client, code: ErrorCode) => void;
};

/**
 * Pages that are loaded again in a call. The place of the old page is kept, without its media, for the page that
 * follows. The new page gets new transports and is the same peer. Others see a connection that was lost and returned.
 */
export class PageReloads {
	readonly #parts: Parts;
	/** The last step for each session: pages that follow each other take their turns. */
	readonly #turns = new WeakMap<HeldSession, Promise<unknown>>();

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/** A page unloads (RELOAD-1). Its place in the lobby is given up, unless the page was returning to a kept place. */
	unload(client: Client, peer: Peer): void {
		const { room, peerSessions, presence } = this.#parts;
		const peerSession = peerSessions.get(peer.id);
		const held = peerSession?.client === client;
		// The person stays in the call, as others see it, until the place is given up.
		if (held && peer.isInRoom) presence.stay(peer.personId, peer);
		client.evict();
		if (!held) return;
		peerSession.client = null;
		room.unload(peer);
		if (peer.isInRoom) this.#stop(peerSession);
	}

	/**
	 * Gives the place of a page to the page that follows it, which is in the lobby until it joins (RELOAD-2). The client
	 * that held the place gets `TAKEN_OVER`.
	 *
	 * @returns null if no place was kept.
	 */
	async follow(client: Client, token: ResumeToken): Promise<HeldSession | null> {
		const { room, media, peerSessions, end } = this.#parts;
		const peer = room.follow(token, client.personId);
		const peerSession = peer && peerSessions.get(peer.id);
		if (!peerSession) return null;
		if (peerSession.client) end(peerSession.client, 'TAKEN_OVER');
		peerSession.client = client;
		const before = this.#turns.get(peerSession) ?? Promise.resolve();
		const turn = before.then(() => {
			this.#stop(peerSession);
			return media.add(peerSession.peer.id);
		});
		this.#turns.set(
			peerSession,
			turn.catch(() => undefined),
		);
		const made = await this.#mediaOf(turn, client, peerSession);
		if (peerSessions.get(peerSession.peer.id) !== peerSession) {
			media.remove(peerSession.peer.id);
			throw new CodedError('UNAVAILABLE');
		}
		// Another page asked meanwhile. It closes the media that was made here.
		if (peerSession.client !== client) throw new CodedError('TAKEN_OVER');
		peerSession.media = made;
		peerSession.stopped.clear();
		media.expect(peerSession.peer.id, true);
		return peerSession;
	}

	/** The new page joined: others see its producers from now on. */
	resumed({ id: peerId }: Peer, media: PeerMedia): void {
		for (const producer of media.producers.infos)
			this.#parts.peerSessions.tellRoom('producer:added', { peerId, producer }, peerId);
	}

	/** The new page is in the call itself, or the place was given up. */
	settled(peer: Peer): void {
		this.#parts.presence.leave(peer.personId, peer);
	}

	async #mediaOf(
		turn: Promise<PeerMedia>,
		client: Client,
		peerSession: HeldSession,
	): Promise<PeerMedia> {
		try {
			return await turn;
		} catch (error) {
			if (peerSession.client === client) this.unload(client, peerSession.peer);
			throw error;
		}
	}

	/** Ends what the old page sent and received. */
	#stop({ peer, media }: HeldSession): void {
		media.producers.closeSources(mediaSource.options);
		this.#parts.media.remove(peer.id);
	}
}
