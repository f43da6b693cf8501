import { EventEmitter } from 'node:events';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId, RoomId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Acquaintances } from '../people/acquaintances.ts';
import type { Presence } from '../people/presence.ts';
import { restarting } from '../restarting.ts';
import type { Store } from '../store/store.ts';
import { CallBudget } from './callBudget.ts';
import type { CallLog } from './callLog.ts';
import { isInside, type CallRooms } from './callRooms.ts';
import { RingTimers } from './ringTimers.ts';
import { Switchboard, type Ring, type Started, type Wish } from './switchboard.ts';

type CallEvents = {
	/** It rings, and the callee is to know. */
	ringing: [Ring];
	/** The ring has its outcome. */
	over: [Ring, { message: string | null }];
	/** The callee hears nothing more of this ring, which goes on for the caller. */
	hidden: [Ring];
};

type Parts = {
	store: Pick<Store, 'rooms' | 'rings'>;
	acquaintances: Acquaintances;
	presence: Presence;
	log: CallLog;
	rooms: CallRooms;
	/** How long it rings, in ms. */
	ringTime: number;
};

/** How long a caller whose connection was lost may take to come back, in ms. */
const callerPatience = 5_000;
/** How long one who accepted may take to come into the room, in ms. */
const calleePatience = 30_000;
/** How long it can be asked how a ring ended, in ms. */
const memory = 60_000;
/** How long a restart of the service may take for those who ring meanwhile, in ms. */
const restartTime = 15_000;

/** Calls from person to person: the switchboard's rules with clocks, and with what is kept. */
export class Calls extends EventEmitter<CallEvents> {
	readonly #parts: Parts;
	readonly #board = new Switchboard();
	readonly #budget = new CallBudget();
	/** One of each ring: until nobody answered, the caller is given up, or it is forgotten. */
	readonly #timers = new RingTimers();
	/** Since when the accepted ones talk, in ms since 1970. */
	readonly #talks = new Map<RingId, number>();
	/** The page each ring comes from. */
	readonly #callers = new Map<RingId, object>();
	/** Of those whose caller's connection was lost. */
	readonly #lost = new RingTimers();
	#draining = false;
	#closed = false;

	constructor(parts: Parts) {
		super();
		this.#parts = parts;
		parts.acquaintances.on('blocked', ({ owner, blocked }) => {
			const ring = this.#board.hide(blocked, owner);
			if (ring) this.emit('hidden', ring);
		});
	}

	/** What rings for this person now. */
	ringingFor(person: PersonId): Ring[] {
		return this.#board.ringingFor(person).filter(({ silence }) => silence === null);
	}

	/** Whether this person may come into the room because of a call. */
	invites(roomId: RoomId, person: PersonId): boolean {
		return this.#board.invites(roomId, person);
	}

	/** How many calls ring now. */
	get ringing(): number {
		return this.#board.ringing.length;
	}

	isRingingIn(roomId: RoomId): boolean {
		return this.#board.isRingingIn(roomId);
	}

	/**
	 * @param page stands for the page that calls: when it is gone, and not soon replaced, the call is.
	 * @throws {CodedError} NOT_ALLOWED for people one does not know, and for those who are not there at all.
	 */
	async start(
		person: PersonId,
		{ ringId, roomId, personId, name, video, age }: Parsed<'call:start'>,
		page: object,
	): Promise<Data<'call:start'>> {
		const caller = { personId: person, name };
		const known = this.#board.get(ringId);
		const { acquaintances, rooms, store, ringTime } = this.#parts;
		// Its time was up while the caller was away, and it is forgotten.
		if (!known && age > ringTime + restartTime) return { roomId, outcome: 'no-answer' };
		if (!known && this.#draining) throw restarting();
		if (!known) await this.#budget.spend(person, personId);
		const { isBlocked, isContact } = await acquaintances.between(person, personId);
		if (!known && !isContact) await this.#budget.spendOfStrangers(personId);
		const [callee, kept, disturbs, { present, mayInvite, mayBegin }] = await Promise.all([
			acquaintances.named(person, personId),
			acquaintances.nameFor(personId, person),
			acquaintances.chosen(personId).then((chosen) => chosen === 'do-not-disturb'),
			rooms.look(roomId, person),
		]);
		const inside = present.some((one) => one.personId === person);
		const refused = new CodedError('NOT_ALLOWED', 'You cannot call anybody into this room.');
		if (!(inside ? mayInvite : mayBegin)) throw refused;
		const wish: Wish = {
			...{ ringId, roomId, caller, callee, video, since: known?.since ?? Date.now() },
			// What callers say they are called is their own word.
			shown: { name: kept ?? name, known: isContact },
			silence: isBlocked ? 'hidden' : disturbs && !isContact ? 'quiet' : null,
			refused: disturbs && isContact,
			others: present.filter((one) => one.personId !== person).map((one) => one.name),
		};
		// What comes to nothing leaves no room behind.
		this.#board.check(wish);
		if (!inside && !(await store.rooms.openCall(roomId, caller, Date.now()))) throw refused;
		if (!known && present.some((one) => one.personId === personId))
			throw new CodedError('CONFLICT', 'This person is in the call already.');
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const started = this.#board.start(wish);
		if (started.kind === 'ringing' || started.kind === 'known') this.#hold(started.ring, page);
		this.#began(started);
		return { roomId: started.ring.roomId, outcome: started.ring.outcome };
	}

	/** @throws {CodedError} NOT_FOUND, CONFLICT. */
	accept(person: PersonId, ringId: RingId): Data<'call:accept'> {
		const accepted = this.#board.accept(ringId, person);
		this.#accepted(accepted);
		return { roomId: accepted.ring.roomId };
	}

	/** @throws {CodedError} NOT_FOUND, CONFLICT. */
	decline(person: PersonId, ringId: RingId, message: string | null): void {
		const talks = this.#parts.presence.stateOf(person) === 'in-call';
		this.#end(this.#board.decline(ringId, person, talks && message === null), message);
	}

	cancel(person: PersonId, ringId: RingId): void {
		const ring = this.#board.cancel(ringId, person);
		if (ring) this.#end(ring);
	}

	/** A page was closed, or its connection lost. */
	gone(page: object): void {
		if (this.#closed) return;
		for (const [ringId, caller] of this.#callers) {
			if (caller !== page || this.#board.get(ringId)?.outcome !== null) continue;
			this.#lost.set(ringId, callerPatience, () => void this.#giveUp(ringId));
		}
	}

	/** Somebody came into a room's call. */
	joined(roomId: RoomId, person: PersonId): void {
		const accepted = this.#board.joined(roomId, person);
		if (accepted) this.#accepted(accepted);
	}

	/**
	 * Somebody left it with all their tabs.
	 *
	 * @param at when they were seen last, in ms since 1970.
	 */
	left(roomId: RoomId, person: PersonId, at: number): void {
		for (const ring of this.#board.all) {
			if (ring.roomId !== roomId) continue;
			const calls = ring.caller.personId === person;
			if (ring.outcome === null && calls) this.cancel(person, ring.ringId);
			else if (ring.outcome === 'accepted' && (calls || ring.callee.personId === person))
				this.#hangUp(ring, at);
		}
	}

	/** From now on nobody new is called. */
	drain(): void {
		this.#draining = true;
	}

	/** Ends the talks; what rings may be asked for again when the service is back. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		for (const ring of this.#board.all) if (ring.outcome === 'accepted') this.#hangUp(ring);
		this.#timers.close();
		this.#lost.close();
		this.removeAllListeners();
	}

	#began({ kind, ring, ended }: Started): void {
		if (kind === 'known') return;
		if (kind === 'met') {
			this.#accepted({ ring, ended });
			return;
		}
		this.#parts.log.began(ring);
		if (kind === 'refused') {
			this.#end(ring);
			return;
		}
		this.#timers.set(ring.ringId, this.#parts.ringTime, () => {
			const expired = this.#board.expire(ring.ringId);
			if (expired) this.#end(expired);
		});
		if (ring.silence === null) this.emit('ringing', ring);
	}

	/** This page is the one that calls now. */
	#hold({ ringId }: Ring, page: object): void {
		this.#callers.set(ringId, page);
		this.#lost.stop(ringId);
	}

	/** Whoever has a place in the room calls until that is lost. */
	async #giveUp(ringId: RingId): Promise<void> {
		const ring = this.#board.get(ringId);
		if (ring && !(await isInside(this.#parts.rooms, ring, ring.caller)))
			this.cancel(ring.caller.personId, ringId);
	}

	#accepted({ ring, ended }: { ring: Ring; ended: Ring[] }): void {
		this.#talks.set(ring.ringId, Date.now());
		this.#parts.log.answered(ring);
		this.emit('over', ring, { message: null });
		this.#timers.set(ring.ringId, calleePatience, () => void this.#expect(ring));
		for (const one of ended) this.#end(one);
	}

	/** Whoever accepted and did not come is not waited for. */
	async #expect(ring: Ring): Promise<void> {
		if (!(await isInside(this.#parts.rooms, ring, ring.callee))) this.#hangUp(ring);
	}

	#hangUp(ring: Ring, at = Date.now()): void {
		const since = this.#talks.get(ring.ringId);
		if (since === undefined) return;
		const until = Math.max(since, at);
		this.#parts.log.ended(ring, { talked: until - since, at: until });
		this.#forget(ring);
	}

	#end(ring: Ring, message: string | null = null): void {
		this.#parts.log.ended(ring, { message });
		this.emit('over', ring, { message });
		this.#timers.set(ring.ringId, memory, () => this.#forget(ring));
	}

	#forget({ ringId }: Ring): void {
		this.#board.forget(ringId);
		this.#talks.delete(ringId);
		this.#callers.delete(ringId);
		this.#timers.stop(ringId);
		this.#lost.stop(ringId);
	}
}
