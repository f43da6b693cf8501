import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, PersonId, ResumeToken, RoomId } from '#shared/ids.ts';
import type { RoomInfo } from '#shared/room.ts';
import { Peer } from './peer.ts';
import { hasPlace } from './permissions.ts';
import type { Rules } from './rules.ts';

/** How long the place of a page that was unloaded is kept for the next one, in ms: as long as loading takes. */
const loading = 8_000;

type RoomEvents = {
	joined: [Peer];
	/** The connection of a joined peer was lost, or is back. */
	connection: [Peer];
	/** A joined peer is gone for good. */
	left: [Peer];
	/** Any peer is gone, from the lobby or from the room. */
	gone: [Peer];
	/** Nobody is in the room or its lobby any more. */
	empty: [];
};

/** A live room: who is in its lobby and who has joined. */
export class Room extends EventEmitter<RoomEvents> {
	readonly id: RoomId;
	readonly rules: Rules;
	readonly #grace: number;
	readonly #peers = new Map<PeerId, Peer>();
	#lastHand = 0;
	readonly #graceTimers = new Map<PeerId, NodeJS.Timeout>();

	/** @param grace how long the place of a lost peer is kept, in ms. */
	constructor(id: RoomId, rules: Rules, grace: number) {
		super();
		this.id = id;
		this.rules = rules;
		this.#grace = grace;
	}

	get info(): RoomInfo {
		const kind = this.rules.kind === 'call' ? 'call' : 'open';
		return { id: this.id, title: this.id, kind, policy: this.rules.policy };
	}

	/** The joined peers, longest present first. */
	get joined(): Peer[] {
		return [...this.#peers.values()].filter((peer) => peer.joined);
	}

	get size(): number {
		return this.#peers.size;
	}

	/** Into the lobby (R10). */
	enter(personId: PersonId): Peer {
		const peer = new Peer(personId);
		this.#peers.set(peer.id, peer);
		return peer;
	}

	/**
	 * From the lobby into the room (R15), or back into it (R111).
	 *
	 * @throws {CodedError} ROOM_FULL; the peer stays in the lobby.
	 */
	join(peer: Peer, name: string): void {
		if (peer.joined) {
			this.#return(peer);
			return;
		}
		if (!hasPlace(this.joined.length, this.rules.policy)) throw new CodedError('ROOM_FULL');
		peer.name = name;
		peer.joined = true;
		// To the end of the line: the order is that of joining, not of entering the lobby.
		this.#peers.delete(peer.id);
		this.#peers.set(peer.id, peer);
		this.emit('joined', peer);
	}

	/** @returns whether that is news. A hand that is up already keeps its place in the line. */
	raiseHand(peer: Peer, raised: boolean): boolean {
		if (raised === (peer.hand !== null)) return false;
		// No two at the same time, so that there is one order.
		if (raised) this.#lastHand = Math.max(Date.now(), this.#lastHand + 1);
		peer.hand = raised ? this.#lastHand : null;
		return true;
	}

	/** The connection of a peer was lost: a joined one is waited for (R18), one in the lobby is gone. */
	lose(peer: Peer): void {
		if (!this.#peers.has(peer.id)) return;
		if (!peer.joined || this.#grace === 0) {
			this.leave(peer);
			return;
		}
		this.#await(peer, peer.unloaded ? loading : this.#grace);
	}

	/** The page of a peer goes: a joined one is waited for as long as it takes to load (R110). */
	unload(peer: Peer): void {
		if (!this.#peers.has(peer.id)) return;
		peer.unloaded = peer.joined;
		this.lose(peer);
	}

	/**
	 * The peer whose page another one follows (R111), which has all of the grace period to join.
	 *
	 * @returns null when it left, or is not this person's.
	 */
	follow(token: ResumeToken, personId: PersonId): Peer | null {
		const peer = this.joined.find((candidate) => candidate.resumeToken === token);
		if (peer?.personId !== personId) return null;
		peer.unloaded = true;
		this.#await(peer, this.#grace);
		return peer;
	}

	/**
	 * The peer that this token belongs to, now connected again (R17).
	 *
	 * @throws {CodedError} RESUME_EXPIRED when it left, is not this person's, or waits for another page.
	 */
	resume(token: ResumeToken, personId: PersonId): Peer {
		const peer = this.joined.find((candidate) => candidate.resumeToken === token);
		if (!peer || peer.personId !== personId || peer.unloaded)
			throw new CodedError('RESUME_EXPIRED');
		this.#return(peer);
		return peer;
	}

	/** Out for good (R19). */
	leave(peer: Peer): void {
		if (!this.#peers.delete(peer.id)) return;
		this.#stopGrace(peer);
		if (peer.joined) this.emit('left', peer);
		this.emit('gone', peer);
		if (this.#peers.size === 0) this.emit('empty');
	}

	/** Ends the room without a word to anybody. */
	close(): void {
		for (const timer of this.#graceTimers.values()) clearTimeout(timer);
		this.#graceTimers.clear();
		this.#peers.clear();
		this.removeAllListeners();
	}

	/** @param patience in ms. */
	#await(peer: Peer, patience: number): void {
		this.#stopGrace(peer);
		this.#graceTimers.set(
			peer.id,
			setTimeout(() => this.leave(peer), Math.min(patience, this.#grace)),
		);
		if (!peer.connected) return;
		peer.connected = false;
		peer.lostAt = Date.now();
		this.emit('connection', peer);
	}

	#return(peer: Peer): void {
		this.#stopGrace(peer);
		peer.unloaded = false;
		if (peer.connected) return;
		peer.connected = true;
		peer.lostAt = null;
		this.emit('connection', peer);
	}

	#stopGrace(peer: Peer): void {
		clearTimeout(this.#graceTimers.get(peer.id));
		this.#graceTimers.delete(peer.id);
	}
}
