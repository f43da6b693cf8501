import { EventEmitter } from 'node:events';
import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId, RoomId } from '#shared/ids.ts';

/** A request to call one person. */
export type NewRing = {
	ringId: RingId;
	roomId: RoomId;
	caller: Author;
	callee: Author;
	/** What the callee is shown of the caller: the name by which they know them, and whether they are a contact. */
	shown: { name: string; known: boolean };
	video: boolean;
	/** In ms since 1970. */
	since: number;
	/**
	 * `hidden`: the callee must never learn of it; `quiet`: only afterwards. The caller cannot tell either from an
	 * absent callee.
	 */
	silence: 'hidden' | 'quiet' | null;
	/** The callee wants no calls, and the caller may know it. */
	refused: boolean;
	/** The people in the call already, besides the caller. */
	others: string[];
};

/** The outcome is null while it rings. */
export type Ring = NewRing & { outcome: RingOutcome | null };

export type Started = {
	/** `met`: both called each other, and the earlier ring was accepted. */
	kind: 'ringing' | 'known' | 'met' | 'refused';
	ring: Ring;
	/** Other rings that this ended. */
	ended: Ring[];
};

export type RingEvents = {
	/** This ring is new, or something about it changed. */
	changed: [Ring];
	/** This ring is over for so long that nobody asks for it any more. */
	forgotten: [RingId];
};

/** The most rings into one room at a time. */
const maxRingsInRoom = 12;

/**
 * Who calls whom: every rule about rings, without timers and sockets. A ring ends once. If several requests would end
 * it, the first one does.
 */
export class RingRegistry extends EventEmitter<RingEvents> {
	readonly #rings = new Map<RingId, Ring>();

	/** Another node tells this. */
	receive(ring: Ring): void {
		this.#rings.set(ring.ringId, ring);
	}

	/** Another node tells that this ring is forgotten. */
	receiveForgotten(ringId: RingId): void {
		this.#rings.delete(ringId);
	}

	get all(): Ring[] {
		return [...this.#rings.values()];
	}

	/** Rings without an outcome. */
	get ringing(): Ring[] {
		return this.all.filter(({ outcome }) => outcome === null);
	}

	get(ringId: RingId): Ring | null {
		return this.#rings.get(ringId) ?? null;
	}

	/** The rings of this callee, including hidden ones. */
	ringingFor(person: PersonId): Ring[] {
		return this.ringing.filter(({ callee }) => callee.personId === person);
	}

	/** Whether this person may come into the room because they are called there, or accepted a call there. */
	invites(roomId: RoomId, person: PersonId): boolean {
		return this.all.some(
			({ roomId: room, callee, outcome, silence }) =>
				room === roomId &&
				callee.personId === person &&
				(outcome === 'accepted' || (outcome === null && silence === null)),
		);
	}

	isRingingIn(roomId: RoomId): boolean {
		return this.ringing.some((ring) => ring.roomId === roomId);
	}

	/**
	 * Whether the caller may call now, apart from the room.
	 *
	 * @throws {CodedError} CONFLICT if the id is taken, or the caller calls into another room.
	 */
	check(newRing: NewRing): void {
		const known = this.#rings.get(newRing.ringId);
		if (known && !isSame(known, newRing)) throw new CodedError('CONFLICT');
		if (known || this.#meeting(newRing)) return;
		if (this.#ringsBy(newRing.caller.personId).some((ring) => ring.roomId !== newRing.roomId))
			throw new CodedError('CONFLICT', "You're already calling someone.");
	}

	/**
	 * @throws {CodedError} as `check`; CONFLICT if the callee is being called into this room already; LIMIT_REACHED.
	 */
	start(newRing: NewRing): Started {
		this.check(newRing);
		const known = this.#rings.get(newRing.ringId);
		if (known) return { kind: 'known', ring: known, ended: [] };
		const met = this.#meeting(newRing);
		if (met) return { kind: 'met', ring: met, ended: this.#accept(met).ended };
		const { roomId, caller, callee, silence } = newRing;
		const inRoom = this.ringing.filter((ring) => ring.roomId === roomId);
		if (inRoom.some((ring) => ring.callee.personId === callee.personId))
			throw new CodedError('CONFLICT', 'This person is already being called.');
		if (inRoom.length >= maxRingsInRoom)
			throw new CodedError(
				'LIMIT_REACHED',
				'Too many people are already being called. Wait for one to answer.',
			);
		const theirs = this.#between(callee, caller);
		const ended = theirs ? [this.#end(theirs, 'busy')] : [];

		const ring: Ring = { ...newRing, outcome: null };
		this.#rings.set(newRing.ringId, ring);
		if (silence === null && newRing.refused) this.#end(ring, 'do-not-disturb');
		else if (silence === null && this.#isBusy(callee.personId, ring)) this.#end(ring, 'busy');
		this.emit('changed', ring);
		return { kind: ring.outcome ? 'refused' : 'ringing', ring, ended };
	}

	/**
	 * @returns the ring, and this person's own rings that end with it.
	 * @throws {CodedError} NOT_FOUND if no ring of this person has this id; CONFLICT if it was accepted elsewhere.
	 */
	accept(ringId: RingId, person: PersonId): { ring: Ring; ended: Ring[] } {
		return this.#accept(this.#find(ringId, person));
	}

	/** A person who comes into the room accepts the ring. */
	joined(roomId: RoomId, person: PersonId): { ring: Ring; ended: Ring[] } | null {
		const ring = this.ringingFor(person).find((one) => one.roomId === roomId);
		return ring ? this.#accept(ring) : null;
	}

	/**
	 * @param busy whether the callee is in a call and declines because of it.
	 * @throws {CodedError} as `accept`.
	 */
	decline(ringId: RingId, person: PersonId, busy: boolean): Ring {
		return this.#end(this.#find(ringId, person), busy ? 'busy' : 'declined');
	}

	/** @returns the ring, if it was ringing. */
	cancel(ringId: RingId, person: PersonId): Ring | null {
		const ring = this.#rings.get(ringId);
		if (ring?.caller.personId !== person || ring.outcome !== null) return null;
		return this.#end(ring, 'cancelled');
	}

	/** Nobody answered. @returns the ring, if it was ringing. */
	expire(ringId: RingId): Ring | null {
		const ring = this.#rings.get(ringId);
		return ring && ring.outcome === null ? this.#end(ring, 'no-answer') : null;
	}

	/**
	 * The callee blocked the caller: the ring goes on for the caller only.
	 *
	 * @returns the ring, if there is one.
	 */
	hide(caller: PersonId, callee: PersonId): Ring | null {
		const ring = this.ringingFor(callee).find((one) => one.caller.personId === caller);
		if (!ring) return null;
		ring.silence = 'hidden';
		this.emit('changed', ring);
		return ring;
	}

	/** Forgets a ring that is over. */
	forget(ringId: RingId): void {
		if (this.#rings.delete(ringId)) this.emit('forgotten', ringId);
	}

	/** The ring from one person to the other. */
	#between(from: Author, to: Author): Ring | undefined {
		return this.ringingFor(to.personId).find((ring) => ring.caller.personId === from.personId);
	}

	/** The ring by which the callee calls this caller, without other people in its call: both called each other. */
	#meeting({ caller, callee, others }: NewRing): Ring | undefined {
		return others.length === 0 ? this.#between(callee, caller) : undefined;
	}

	#ringsBy(person: PersonId): Ring[] {
		return this.ringing.filter(({ caller }) => caller.personId === person);
	}

	/** Whether this person calls or is called, apart from this ring and from rings that are hidden from them. */
	#isBusy(person: PersonId, except: Ring): boolean {
		const called = this.ringingFor(person).filter(({ silence }) => silence === null);
		const calling = this.#ringsBy(person).filter(({ others }) => others.length === 0);
		return [...called, ...calling].some((ring) => ring !== except);
	}

	#find(ringId: RingId, person: PersonId): Ring {
		const ring = this.#rings.get(ringId);
		const isCalled = ring?.callee.personId === person && ring.silence !== 'hidden';
		if (isCalled && ring.outcome === null) return ring;
		if (isCalled && ring.outcome === 'accepted')
			throw new CodedError('CONFLICT', 'You answered this call in another tab.');
		throw new CodedError('NOT_FOUND', 'This call is over.');
	}

	/** Accepting a call ends the person's own rings into other rooms. */
	#accept(ring: Ring): { ring: Ring; ended: Ring[] } {
		this.#end(ring, 'accepted');
		const own = this.#ringsBy(ring.callee.personId).filter(({ roomId }) => roomId !== ring.roomId);
		return { ring, ended: own.map((one) => this.#end(one, 'cancelled')) };
	}

	#end(ring: Ring, outcome: RingOutcome): Ring {
		ring.outcome = outcome;
		this.emit('changed', ring);
		return ring;
	}
}

function isSame(ring: Ring, newRing: NewRing): boolean {
	return (
		ring.caller.personId === newRing.caller.personId &&
		ring.callee.personId === newRing.callee.personId &&
		ring.roomId === newRing.roomId
	);
}
