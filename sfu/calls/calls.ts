import { EventEmitter } from 'node:events';
import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RingId, RoomId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Acquaintances } from '../people/social/acquaintances.ts';
import type { Presence } from '../people/presence/presence.ts';
import type { MakeBudget } from '../platform/budget.ts';
import { restarting } from '../platform/restarting.ts';
import type { Store } from '../store/api/store.ts';
import { CallBudget } from './callBudget.ts';
import type { CallLog } from './callLog.ts';
import { RingTimers } from './ringTimers.ts';
import type { Ring, RingRegistry, Started, NewRing } from './ringRegistry.ts';

export type CallEvents = {
	/** The callee's pages ring. */
	ringing: [Ring];
	/** The ring has its outcome. */
	over: [Ring, { message: string | null }];
	/** The ring is hidden from the callee from now on. It goes on for the caller. */
	hidden: [Ring];
};

/** The rooms of calls. */
export type CallRooms = {
	/**
	 * The joined people; whether this person, if joined, may call others into the room; and whether a call may begin
	 * there.
	 */
	callStatus(
		roomId: RoomId,
		person: PersonId,
	): Promise<{ present: readonly Author[]; mayInvite: boolean; mayBegin: boolean }>;
};

type Parts = {
	store: Pick<Store, 'rooms' | 'rings'>;
	acquaintances: Acquaintances;
	presence: Presence;
	log: CallLog;
	rings: RingRegistry;
	rooms: CallRooms;
	/** How long a call rings, in ms. */
	ringTime: number;
	/** Makes the budgets of calls. */
	budget: MakeBudget;
	/** Whether the rings are looked after here: one of several nodes does. */
	isOurs?: () => boolean;
};

/** What people ask about calls. */
export type CallRequests = {
	start: Calls['start'];
	accept(person: PersonId, ringId: RingId): Promise<Data<'call:accept'>> | Data<'call:accept'>;
	decline(person: PersonId, ringId: RingId, message: string | null): Promise<void> | void;
	cancel(person: PersonId, ringId: RingId): Promise<void> | void;
	pageGone(page: object): void;
	ringingFor(person: PersonId): Ring[];
};

/** How long a caller whose connection was lost may take to come back, in ms. */
const callerGraceTime = 5_000;
/** How long a callee who accepted may take to come into the room, in ms. */
const calleeArrivalTime = 30_000;
/** How long the outcome of a ring can be asked for, in ms. */
const ringMemory = 60_000;
/** How long a restart of the service may take while a call rings, in ms. */
const restartTime = 15_000;

/** Calls from person to person: the rules of `RingRegistry` with timers and with the store. */
export class Calls extends EventEmitter<CallEvents> {
	readonly #parts: Parts;
	readonly #rings: RingRegistry;
	readonly #budget: CallBudget;
	/** One timer for each ring: until nobody answered, the caller is given up, or the ring is forgotten. */
	readonly #timers = new RingTimers();
	/** When the callee accepted each ring, in ms since 1970. */
	readonly #talkBegan = new Map<RingId, number>();
	/** The page that each ring comes from. */
	readonly #callers = new Map<RingId, object>();
	/** Timers of rings whose caller's connection was lost. */
	readonly #lost = new RingTimers();
	#draining = false;
	#closed = false;

	constructor(parts: Parts) {
		super();
		this.#parts = parts;
		this.#rings = parts.rings;
		this.#budget = new CallBudget(parts.budget);
		parts.acquaintances.on('blocked', ({ owner, blocked }) => {
			if (!this.#isOurs) return;
			const ring = this.#rings.hide(blocked, owner);
			if (ring) this.emit('hidden', ring);
		});
	}

	/** The rings of this callee. */
	ringingFor(person: PersonId): Ring[] {
		return this.#rings.ringingFor(person).filter(({ silence }) => silence === null);
	}

	/** How many calls ring. */
	get ringing(): number {
		return this.#rings.ringing.length;
	}

	/**
	 * @param page identifies the calling page: if it closes and no page replaces it soon, the ring ends.
	 * @throws {CodedError} NOT_ALLOWED for strangers, and for people who do not exist.
	 */
	async start(
		person: PersonId,
		{ ringId, roomId, personId, name, video, age }: Parsed<'call:start'>,
		page: object,
	): Promise<Data<'call:start'>> {
		const caller = { personId: person, name };
		const known = this.#rings.get(ringId);
		const { acquaintances, rooms, store, ringTime } = this.#parts;
		if (!known) {
			// The ring's time ended while the caller was away, and the ring is forgotten.
			if (age > ringTime + restartTime) return { roomId, outcome: 'no-answer' };
			if (this.#draining) throw restarting();
			await this.#budget.spend(person, personId);
		}
		const relation = await acquaintances.between(person, personId);
		if (!known && !relation.isContact) await this.#budget.spendOfStrangers(personId);
		const [terms, { present, mayInvite, mayBegin }] = await Promise.all([
			this.#termsOf(caller, personId, relation),
			rooms.callStatus(roomId, person),
		]);
		const inside = present.some((one) => one.personId === person);
		const refused = new CodedError('NOT_ALLOWED', "You can't invite anyone to this room.");
		if (!(inside ? mayInvite : mayBegin)) throw refused;
		const newRing: NewRing = {
			...terms,
			ringId,
			roomId,
			caller,
			video,
			since: known?.since ?? Date.now(),
			others: present.filter((one) => one.personId !== person).map((one) => one.name),
		};
		// Checked first, so that a refused call leaves no room behind.
		this.#rings.check(newRing);
		if (!inside && !(await store.rooms.openCall(roomId, caller, Date.now()))) throw refused;
		if (!known && present.some((one) => one.personId === personId))
			throw new CodedError('CONFLICT', 'This person is already in the call.');
		if (this.#closed) throw new CodedError('UNAVAILABLE');
		const started = this.#rings.start(newRing);
		this.#began(started, page);
		return { roomId: started.ring.roomId, outcome: started.ring.outcome };
	}

	/** @throws {CodedError} NOT_FOUND, CONFLICT. */
	accept(person: PersonId, ringId: RingId): Data<'call:accept'> {
		const accepted = this.#rings.accept(ringId, person);
		this.#accepted(accepted);
		return { roomId: accepted.ring.roomId };
	}

	/** @throws {CodedError} NOT_FOUND, CONFLICT. */
	decline(person: PersonId, ringId: RingId, message: string | null): void {
		const talks = this.#parts.presence.stateOf(person) === 'in-call';
		this.#end(this.#rings.decline(ringId, person, talks && message === null), message);
	}

	cancel(person: PersonId, ringId: RingId): void {
		const ring = this.#rings.cancel(ringId, person);
		if (ring) this.#end(ring);
	}

	/** A page was closed, or its connection was lost. */
	pageGone(page: object): void {
		if (this.#closed) return;
		for (const [ringId, caller] of this.#callers) {
			if (caller !== page || this.#rings.get(ringId)?.outcome !== null) continue;
			this.#lost.set(ringId, callerGraceTime, () => void this.#giveUp(ringId));
		}
	}

	/** A person joined a room's call. */
	joined(roomId: RoomId, person: PersonId): void {
		if (!this.#isOurs) return;
		const accepted = this.#rings.joined(roomId, person);
		if (accepted) this.#accepted(accepted);
	}

	/**
	 * A person left the call with all their tabs.
	 *
	 * @param at when they were last connected, in ms since 1970.
	 */
	left(roomId: RoomId, person: PersonId, at: number): void {
		if (!this.#isOurs) return;
		for (const ring of this.#rings.all) {
			if (ring.roomId !== roomId) continue;
			const calls = ring.caller.personId === person;
			if (ring.outcome === null && calls) this.cancel(person, ring.ringId);
			else if (ring.outcome === 'accepted' && (calls || ring.callee.personId === person))
				this.#hangUp(ring, at);
		}
	}

	/** The node that looked after the rings is gone. From now on this one does. */
	adopt(): void {
		for (const ring of this.#rings.all) {
			const { ringId, outcome } = ring;
			if (outcome === null) this.#expireLater(ring);
			else if (outcome === 'accepted') this.#talkBegan.set(ringId, Date.now());
			else this.#timers.set(ringId, ringMemory, () => this.#forget(ring));
		}
	}

	/** Another node looks after the rings from now on. */
	retire(): void {
		this.#timers.close();
		this.#lost.close();
	}

	/** Takes no new calls from now on. */
	drain(): void {
		this.#draining = true;
	}

	/**
	 * Ends the talks. Rings may be asked for again after the restart.
	 *
	 * @param isTakenOver whether another node looks after the talks from now on.
	 */
	close(isTakenOver = false): void {
		if (this.#closed) return;
		this.#closed = true;
		const talks = isTakenOver
			? []
			: this.#rings.all.filter(({ outcome }) => outcome === 'accepted');
		for (const ring of talks) this.#hangUp(ring);
		this.#timers.close();
		this.#lost.close();
		this.removeAllListeners();
	}

	/** The parts of a ring that depend on the relation of the two and on the state that the callee chose. */
	async #termsOf(
		{ personId: caller, name }: Author,
		personId: PersonId,
		{ isBlocked, isContact }: { isBlocked: boolean; isContact: boolean },
	): Promise<Pick<NewRing, 'callee' | 'shown' | 'silence' | 'refused'>> {
		const { acquaintances } = this.#parts;
		const [callee, kept, chosen] = await Promise.all([
			acquaintances.named(caller, personId),
			acquaintances.nameFor(personId, caller),
			acquaintances.chosen(personId),
		]);
		const disturbs = chosen === 'do-not-disturb';
		return {
			callee,
			// The caller's own name for themselves is not trusted.
			shown: { name: kept ?? name, known: isContact },
			silence: isBlocked ? 'hidden' : disturbs && !isContact ? 'quiet' : null,
			refused: disturbs && isContact,
		};
	}

	#began({ kind, ring, ended }: Started, page: object): void {
		if (kind === 'known' || kind === 'ringing') this.#setPage(ring, page);
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
		this.#expireLater(ring);
		if (ring.silence === null) this.emit('ringing', ring);
	}

	#expireLater({ ringId, since }: Ring): void {
		const left = since + this.#parts.ringTime - Date.now();
		this.#timers.set(ringId, Math.max(0, left), () => {
			const expired = this.#rings.expire(ringId);
			if (expired) this.#end(expired);
		});
	}

	get #isOurs(): boolean {
		return this.#parts.isOurs?.() ?? true;
	}

	/** This page is the calling page from now on. */
	#setPage({ ringId }: Ring, page: object): void {
		this.#callers.set(ringId, page);
		this.#lost.stop(ringId);
	}

	/** A caller with a place in the room keeps ringing until that place is lost. */
	async #giveUp(ringId: RingId): Promise<void> {
		const ring = this.#rings.get(ringId);
		if (ring && !(await this.#isInside(ring, ring.caller)))
			this.cancel(ring.caller.personId, ringId);
	}

	#accepted({ ring, ended }: { ring: Ring; ended: Ring[] }): void {
		this.#talkBegan.set(ring.ringId, Date.now());
		this.#parts.log.answered(ring);
		this.emit('over', ring, { message: null });
		this.#timers.set(ring.ringId, calleeArrivalTime, () => void this.#expect(ring));
		for (const one of ended) this.#end(one);
	}

	/** Gives up a callee who accepted and did not come. */
	async #expect(ring: Ring): Promise<void> {
		if (!(await this.#isInside(ring, ring.callee))) this.#hangUp(ring);
	}

	/** Whether a person has a place in the room's call, or a kept one. */
	async #isInside({ roomId }: Ring, { personId }: Author): Promise<boolean> {
		const { present } = await this.#parts.rooms.callStatus(roomId, personId);
		return present.some((one) => one.personId === personId);
	}

	#hangUp(ring: Ring, at = Date.now()): void {
		const since = this.#talkBegan.get(ring.ringId);
		if (since === undefined) return;
		const until = Math.max(since, at);
		this.#parts.log.ended(ring, { talked: until - since, at: until });
		this.#forget(ring);
	}

	#end(ring: Ring, message: string | null = null): void {
		this.#parts.log.ended(ring, { message });
		this.emit('over', ring, { message });
		this.#timers.set(ring.ringId, ringMemory, () => this.#forget(ring));
	}

	#forget({ ringId }: Ring): void {
		this.#rings.forget(ringId);
		this.#talkBegan.delete(ringId);
		this.#callers.delete(ringId);
		this.#timers.stop(ringId);
		this.#lost.stop(ringId);
	}
}
