import { pairUp } from './pair.ts';
import type { MatchSession } from './match.ts';
import type { Acquaintance, Waiter } from './waiter.ts';

type Ticket = Waiter & { session: MatchSession };

/** How often waiting people are paired again, in ms: they accept more people the longer they wait. */
const pairingInterval = 500;
/** Pairing takes at most this share of the time, however many people wait. */
const maxPairingShare = 0.1;
/**
 * The longest pause after pairing for each waiting person, in ms. If few people wait, a long run means that the machine
 * stalled, and nobody should wait because of that.
 */
const maxPauseEach = 0.05;

/** The waiting sessions, longest waiting first, and the times of pairing. */
export class Queue {
	readonly #known: Acquaintance;
	readonly #onPair: (one: MatchSession, other: MatchSession) => void;
	readonly #onRun: (now: number) => void;
	readonly #tickets = new Map<MatchSession, Ticket>();
	#timer: NodeJS.Timeout | null = null;
	#due = 0;
	/** Before this time, pairing would take too large a share of the time. */
	#earliest = 0;

	/**
	 * @param onPair is called for each pair; the two do not wait any more.
	 * @param onRun is called regularly while sessions wait.
	 */
	constructor(
		known: Acquaintance,
		onPair: (one: MatchSession, other: MatchSession) => void,
		onRun: (now: number) => void,
	) {
		this.#known = known;
		this.#onPair = onPair;
		this.#onRun = onRun;
	}

	get size(): number {
		return this.#tickets.size;
	}

	get sessions(): MatchSession[] {
		return [...this.#tickets.keys()];
	}

	/** The session that this one would meet if it alone came into the queue now; null if there is none. */
	likelyNext(session: MatchSession, now = Date.now()): MatchSession | null {
		const newcomer = ticketOf(session, now);
		const waiters = [...this.#tickets.values()].filter(({ place }) => place === newcomer.place);
		const pairs = pairUp([...waiters, newcomer], this.#known, now);
		const pair = pairs.find((both) => both.includes(newcomer));
		return pair?.find((ticket) => ticket !== newcomer)?.session ?? null;
	}

	/** Adds the session to the end of the queue. */
	add(session: MatchSession, now = Date.now()): void {
		this.#tickets.delete(session);
		this.#tickets.set(session, ticketOf(session, now));
		session.state = { kind: 'waiting', since: now };
	}

	remove(session: MatchSession): void {
		this.#tickets.delete(session);
	}

	/** Pairs waiting sessions, at once unless pairing ran so recently that it would take too much of the time. */
	pair(): void {
		const wait = this.#earliest - performance.now();
		if (wait > 0) this.#schedule(wait);
		else this.#run();
	}

	close(): void {
		this.#tickets.clear();
		if (this.#timer) clearTimeout(this.#timer);
	}

	#run(): void {
		const began = performance.now();
		const now = Date.now();
		const pairs = pairUp([...this.#tickets.values()], this.#known, now);
		for (const [one, other] of pairs) {
			this.#tickets.delete(one.session);
			this.#tickets.delete(other.session);
		}
		const took = performance.now() - began;
		this.#earliest =
			performance.now() + Math.min(took / maxPairingShare, this.#tickets.size * maxPauseEach);
		for (const [one, other] of pairs) this.#onPair(one.session, other.session);
		this.#onRun(now);
		if (this.#tickets.size > 0) this.#schedule(pairingInterval);
	}

	/** Schedules the earlier of the two times. */
	#schedule(wait: number): void {
		const due = performance.now() + wait;
		if (this.#timer && this.#due <= due) return;
		if (this.#timer) clearTimeout(this.#timer);
		this.#due = due;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			this.#run();
		}, wait);
	}
}

function ticketOf(session: MatchSession, since: number): Ticket {
	const { personId, place, wish } = session;
	const { interests, language } = wish;
	return { session, personId, place, interests, language, since };
}
