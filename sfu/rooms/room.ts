import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { PeerId, PersonId, ResumeToken, RoomId } from '#shared/ids.ts';
import type { RoomInfo } from '#shared/room.ts';
import { Peer } from './peer.ts';
import { hasPlace } from './permissions.ts';
import type { Rules } from './rules.ts';

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
	 * From the lobby into the room (R15).
	 *
	 * @throws {CodedError} ROOM_FULL; the peer stays in the lobby.
	 */
	join(peer: Peer, name: string): void {
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
		peer.connected = false;
		this.#graceTimers.set(
			peer.id,
			setTimeout(() => this.leave(peer), this.#grace),
		);
		this.emit('connection', peer);
	}

	/**
	 * The peer that this token belongs to, now connected again (R17).
	 *
	 * @throws {CodedError} RESUME_EXPIRED when it left, or is not this person's.
	 */
	resume(token: ResumeToken, personId: PersonId): Peer {
		const peer = this.joined.find((candidate) => candidate.resumeToken === token);
		if (!peer || peer.personId !== personId) throw new CodedError('RESUME_EXPIRED');
		this.#stopGrace(peer);
		if (!peer.connected) {
			peer.connected = true;
			this.emit('connection', peer);
		}
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

	#stopGrace(peer: Peer): void {
		clearTimeout(this.#graceTimers.get(peer.id));
		this.#graceTimers.delete(peer.id);
	}
}
