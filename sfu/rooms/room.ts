import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, PersonId, ResumeToken, RoomId } from '#shared/ids.ts';
import type { RoomInfo } from '#shared/room.ts';
import { isInRoom, Peer, type PeerState } from './peer.ts';
import { hasPlace } from './permissions.ts';
import type { RoomRules } from './roomRules.ts';

/** How long the place of an unloaded page is kept for the next page, in ms: as long as loading takes. */
const reloadGrace = 8_000;

type RoomEvents = {
	joined: [Peer];
	/** The connection of a joined peer was lost or returned. */
	connection: [Peer];
	/** A joined peer is gone for good; it was connected until then, in ms since 1970. */
	left: [Peer, number];
	/** Any peer is gone, from the lobby or from the room, and was in this state before. */
	gone: [Peer, PeerState];
	/** Nobody is in the room or its lobby any more. */
	empty: [];
};

/** A live room: its peers in the lobby and its joined peers. */
export class Room extends EventEmitter<RoomEvents> {
	readonly id: RoomId;
	readonly rules: RoomRules;
	readonly #grace: number;
	readonly #peers = new Map<PeerId, Peer>();
	#lastHand = 0;

	/** @param grace how long the place of a lost peer is kept, in ms. */
	constructor(id: RoomId, rules: RoomRules, grace: number) {
		super();
		this.id = id;
		this.rules = rules;
		this.#grace = grace;
	}

	get info(): RoomInfo {
		const kind = this.rules.kind === 'call' ? 'call' : 'open';
		const { name, policy, encryption } = this.rules;
		return {
			...{ id: this.id, title: name ?? this.id, kind, policy },
			...(encryption && { encryption: { epoch: encryption.epoch } }),
		};
	}

	/** The joined peers, longest present first. */
	get joined(): Peer[] {
		return [...this.#peers.values()].filter((peer) => peer.isInRoom);
	}

	get size(): number {
		return this.#peers.size;
	}

	/** Adds a peer to the lobby (LOBBY-1). */
	enter(personId: PersonId): Peer {
		const peer = new Peer(personId);
		this.#peers.set(peer.id, peer);
		return peer;
	}

	/**
	 * Moves a peer from the lobby into the room (ROOM-1), or back into it (RELOAD-2).
	 *
	 * @throws {CodedError} ROOM_FULL; the peer stays in the lobby.
	 */
	join(peer: Peer, name: string): void {
		if (peer.isInRoom) {
			this.#return(peer);
			return;
		}
		if (!hasPlace(this.joined.length, this.rules.policy)) throw new CodedError('ROOM_FULL');
		peer.name = name;
		peer.state = { kind: 'joined' };
		// To the end of the line: the order is that of joining, not of entering the lobby.
		this.#peers.delete(peer.id);
		this.#peers.set(peer.id, peer);
		this.emit('joined', peer);
	}

	/** A raised hand keeps its place in the line. @returns whether the state changed. */
	raiseHand(peer: Peer, raised: boolean): boolean {
		if (raised === (peer.hand !== null)) return false;
		// Times are unique, so that hands have one order.
		if (raised) this.#lastHand = Math.max(Date.now(), this.#lastHand + 1);
		peer.hand = raised ? this.#lastHand : null;
		return true;
	}

	/** The connection of a peer was lost: a joined peer keeps its place (ROOM-4), a peer in the lobby leaves. */
	lose(peer: Peer): void {
		switch (peer.state.kind) {
			case 'waiting':
				this.leave(peer);
				break;
			case 'joined':
			case 'lost':
				if (this.#grace === 0) this.leave(peer);
				else this.#await(peer, 'lost', this.#grace);
				break;
			case 'unloading':
				this.unload(peer);
				break;
			case 'gone':
				break;
		}
	}

	/** The page of a peer unloads: a joined peer keeps its place for as long as a page takes to load (RELOAD-1). */
	unload(peer: Peer): void {
		if (peer.isInRoom && this.#grace > 0) this.#await(peer, 'unloading', reloadGrace);
		else this.leave(peer);
	}

	/**
	 * The peer whose page the given page follows (RELOAD-2). It has the whole grace period to join.
	 *
	 * @returns null if the peer left, or is another person's.
	 */
	follow(token: ResumeToken, personId: PersonId): Peer | null {
		const peer = this.joined.find((candidate) => candidate.resumeToken === token);
		if (peer?.personId !== personId) return null;
		this.#await(peer, 'unloading', this.#grace);
		return peer;
	}

	/**
	 * The peer of this token, now connected again (ROOM-3).
	 *
	 * @throws {CodedError} RESUME_EXPIRED if it left, is another person's, or waits for another page.
	 */
	resume(token: ResumeToken, personId: PersonId): Peer {
		const peer = this.joined.find((candidate) => candidate.resumeToken === token);
		if (!peer || peer.personId !== personId || peer.state.kind === 'unloading')
			throw new CodedError('RESUME_EXPIRED');
		this.#return(peer);
		return peer;
	}

	/** Removes the peer for good (ROOM-5). */
	leave(peer: Peer): void {
		if (!this.#peers.delete(peer.id)) return;
		const before = this.#become(peer, { kind: 'gone' });
		if (isInRoom(before)) this.emit('left', peer, 'since' in before ? before.since : Date.now());
		this.emit('gone', peer, before);
		if (this.#peers.size === 0) this.emit('empty');
	}

	/** Closes the room without an event. */
	close(): void {
		for (const peer of this.#peers.values()) this.#become(peer, { kind: 'gone' });
		this.#peers.clear();
		this.removeAllListeners();
	}

	/** @param graceTime in ms. */
	#await(peer: Peer, kind: 'lost' | 'unloading', graceTime: number): void {
		const { state } = peer;
		const since = 'since' in state ? state.since : Date.now();
		const timer = setTimeout(() => this.leave(peer), Math.min(graceTime, this.#grace));
		this.#become(peer, { kind, since, timer });
		if (!('since' in state)) this.emit('connection', peer);
	}

	#return(peer: Peer): void {
		const before = this.#become(peer, { kind: 'joined' });
		if ('since' in before) this.emit('connection', peer);
	}

	/** @returns the state before, of which nothing runs on. */
	#become(peer: Peer, state: PeerState): PeerState {
		const before = peer.state;
		if ('timer' in before) clearTimeout(before.timer);
		peer.state = state;
		return before;
	}
}
