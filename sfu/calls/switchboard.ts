import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId, RoomId } from '#shared/ids.ts';

/** A call to one person, as it was asked for. */
export type Wish = {
	ringId: RingId;
	roomId: RoomId;
	caller: Author;
	callee: Author;
	/** What the callee is shown of the caller: the name by which they know them, and whether they are a contact. */
	shown: { name: string; known: boolean };
	video: boolean;
	/** In ms since 1970. */
	since: number;
	/** `hidden`: the callee is never to know; `quiet`: only afterwards. The caller cannot tell either from nobody there. */
	silence: 'hidden' | 'quiet' | null;
	/** The callee wants no calls, and the caller may know it. */
	refused: boolean;
	/** Those who are in the call already, besides the caller. */
	others: string[];
};

/** Its outcome is null while it rings. */
export type Ring = Wish & { outcome: RingOutcome | null };

export type Started = {
	/** `met`: both called each other, and the earlier ring was accepted. */
	kind: 'ringing' | 'known' | 'met' | 'refused';
	ring: Ring;
	/** Other rings that this ended. */
	ended: Ring[];
};

/** Rings into one room at a time. */
const mostInRoom = 12;

/**
 * Who calls whom: every rule about rings, without clocks and sockets. A ring ends once; of several who end it at the
 * same time the first one does.
 */
export class Switchboard {
	readonly #rings = new Map<RingId, Ring>();

	get all(): Ring[] {
		return [...this.#rings.values()];
	}

	/** Those that have no outcome yet. */
	get ringing(): Ring[] {
		return this.all.filter(({ outcome }) => outcome === null);
	}

	get(ringId: RingId): Ring | null {
		return this.#rings.get(ringId) ?? null;
	}

	/** What rings for this person, or would if they were to know. */
	ringingFor(person: PersonId): Ring[] {
		return this.ringing.filter(({ callee }) => callee.personId === person);
	}

	/** Whether this person may come into the room because they are called there, or were and accepted. */
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
	 * Whether its caller may call now, apart from the room.
	 *
	 * @throws {CodedError} CONFLICT when the id is taken, or the caller calls elsewhere.
	 */
	check(wish: Wish): void {
		const known = this.#rings.get(wish.ringId);
		if (known && !isSame(known, wish)) throw new CodedError('CONFLICT');
		if (known || this.#meeting(wish)) return;
		if (this.#ringsBy(wish.caller.personId).some((ring) => ring.roomId !== wish.roomId))
			throw new CodedError('CONFLICT', 'You are calling somebody already.');
	}

	/**
	 * @throws {CodedError} as `check`; CONFLICT when the callee is being called into this room already; LIMIT_REACHED.
	 */
	start(wish: Wish): Started {
		this.check(wish);
		const known = this.#rings.get(wish.ringId);
		if (known) return { kind: 'known', ring: known, ended: [] };
		const met = this.#meeting(wish);
		if (met) return { kind: 'met', ring: met, ended: this.#accept(met).ended };
		const { roomId, caller, callee, silence } = wish;
		const inRoom = this.ringing.filter((ring) => ring.roomId === roomId);
		if (inRoom.some((ring) => ring.callee.personId === callee.personId))
			throw new CodedError('CONFLICT', 'This person is being called already.');
		if (inRoom.length >= mostInRoom)
			throw new CodedError(
				'LIMIT_REACHED',
				'So many people are being called already. Wait for one.',
			);
		const theirs = this.#between(callee, caller);
		const ended = theirs ? [end(theirs, 'busy')] : [];

		const ring: Ring = { ...wish, outcome: null };
		this.#rings.set(wish.ringId, ring);
		if (silence === null && wish.refused) end(ring, 'do-not-disturb');
		else if (silence === null && this.#isTaken(callee.personId, ring)) end(ring, 'busy');
		return { kind: ring.outcome ? 'refused' : 'ringing', ring, ended };
	}

	/**
	 * @returns the ring, and those of this person's own calls that end with it.
	 * @throws {CodedError} NOT_FOUND when nothing rings for this person under this id; CONFLICT when it was accepted
	 *   elsewhere.
	 */
	accept(ringId: RingId, person: PersonId): { ring: Ring; ended: Ring[] } {
		return this.#accept(this.#find(ringId, person));
	}

	/** Whoever came into the room has accepted, however they came. */
	joined(roomId: RoomId, person: PersonId): { ring: Ring; ended: Ring[] } | null {
		const ring = this.ringingFor(person).find((one) => one.roomId === roomId);
		return ring ? this.#accept(ring) : null;
	}

	/**
	 * @param busy whether the callee is in a call, and means that.
	 * @throws {CodedError} as `accept`.
	 */
	decline(ringId: RingId, person: PersonId, busy: boolean): Ring {
		return end(this.#find(ringId, person), busy ? 'busy' : 'declined');
	}

	/** @returns the ring, if it rang until now. */
	cancel(ringId: RingId, person: PersonId): Ring | null {
		const ring = this.#rings.get(ringId);
		if (ring?.caller.personId !== person || ring.outcome !== null) return null;
		return end(ring, 'cancelled');
	}

	/** Nobody answered. @returns the ring, if it rang until now. */
	expire(ringId: RingId): Ring | null {
		const ring = this.#rings.get(ringId);
		return ring && ring.outcome === null ? end(ring, 'no-answer') : null;
	}

	/**
	 * The callee wants nothing of the caller any more: it rings on for the caller alone.
	 *
	 * @returns the ring, if there is one.
	 */
	hide(caller: PersonId, callee: PersonId): Ring | null {
		const ring = this.ringingFor(callee).find((one) => one.caller.personId === caller);
		if (ring) ring.silence = 'hidden';
		return ring ?? null;
	}

	/** Its story is over, and nobody asks for it any more. */
	forget(ringId: RingId): void {
		this.#rings.delete(ringId);
	}

	/** What rings from the one for the other. */
	#between(from: Author, to: Author): Ring | undefined {
		return this.ringingFor(to.personId).find((ring) => ring.caller.personId === from.personId);
	}

	/** The ring of the one whom this one calls, who has nobody else with them: both meant the same. */
	#meeting({ caller, callee, others }: Wish): Ring | undefined {
		return others.length === 0 ? this.#between(callee, caller) : undefined;
	}

	#ringsBy(person: PersonId): Ring[] {
		return this.ringing.filter(({ caller }) => caller.personId === person);
	}

	/** Whether this person calls or is called, apart from this ring and from what they do not know of. */
	#isTaken(person: PersonId, except: Ring): boolean {
		const called = this.ringingFor(person).filter(({ silence }) => silence === null);
		const calling = this.#ringsBy(person).filter(({ others }) => others.length === 0);
		return [...called, ...calling].some((ring) => ring !== except);
	}

	#find(ringId: RingId, person: PersonId): Ring {
		const ring = this.#rings.get(ringId);
		const mine = ring?.callee.personId === person && ring.silence !== 'hidden';
		if (mine && ring.outcome === null) return ring;
		if (mine && ring.outcome === 'accepted')
			throw new CodedError('CONFLICT', 'You answered this call in another tab.');
		throw new CodedError('NOT_FOUND', 'This call is over.');
	}

	/** Nobody goes to one call and goes on calling into another one. */
	#accept(ring: Ring): { ring: Ring; ended: Ring[] } {
		end(ring, 'accepted');
		const own = this.#ringsBy(ring.callee.personId).filter(({ roomId }) => roomId !== ring.roomId);
		return { ring, ended: own.map((one) => end(one, 'cancelled')) };
	}
}

function end(ring: Ring, outcome: RingOutcome): Ring {
	ring.outcome = outcome;
	return ring;
}

function isSame(ring: Ring, wish: Wish): boolean {
	return (
		ring.caller.personId === wish.caller.personId &&
		ring.callee.personId === wish.callee.personId &&
		ring.roomId === wish.roomId
	);
}
