import { pairUp } from './pair.ts';
import type { Stay } from './stay.ts';
import type { Acquaintance, Waiter } from './waiter.ts';

type Ticket = Waiter & { stay: Stay };

/** How often those who wait are looked at again, in ms: what they take widens while they wait. */
const period = 500;
/** Pairing takes at most this share of the time, however many wait. */
const share = 0.1;
/**
 * The longest rest after it for each of those who wait, in ms: where few wait, what took long was not the pairing, and nobody
 * should wait for a machine that stalled.
 */
const restEach = 0.05;

/** Those who wait, longest waiting first, and when they are paired. */
export class Queue {
	readonly #known: Acquaintance;
	readonly #paired: (one: Stay, other: Stay) => void;
	readonly #looked: (now: number) => void;
	readonly #tickets = new Map<Stay, Ticket>();
	#timer: NodeJS.Timeout | null = null;
	#due = 0;
	/** Before this, pairing would take too much of the time. */
	#rest = 0;

	/**
	 * @param paired is called for each two who meet; they do not wait any more.
	 * @param looked is called regularly while somebody waits.
	 */
	constructor(
		known: Acquaintance,
		paired: (one: Stay, other: Stay) => void,
		looked: (now: number) => void,
	) {
		this.#known = known;
		this.#paired = paired;
		this.#looked = looked;
	}

	get size(): number {
		return this.#tickets.size;
	}

	get stays(): Stay[] {
		return [...this.#tickets.keys()];
	}

	/** Whom this one would meet who came into the queue now, and nobody else with them; null if there is nobody. */
	likelyNext(stay: Stay, now = Date.now()): Stay | null {
		const newcomer = ticketOf(stay, now);
		const waiters = [...this.#tickets.values()].filter(({ place }) => place === newcomer.place);
		const pairs = pairUp([...waiters, newcomer], this.#known, now);
		const pair = pairs.find((both) => both.includes(newcomer));
		return pair?.find((ticket) => ticket !== newcomer)?.stay ?? null;
	}

	/** To the end of the queue. */
	add(stay: Stay, now = Date.now()): void {
		this.#tickets.delete(stay);
		this.#tickets.set(stay, ticketOf(stay, now));
		stay.state = { kind: 'waiting', since: now };
	}

	remove(stay: Stay): void {
		this.#tickets.delete(stay);
	}

	/** Pairs those who wait, at once unless that was done so lately that it would take too much of the time. */
	pair(): void {
		const wait = this.#rest - performance.now();
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
			this.#tickets.delete(one.stay);
			this.#tickets.delete(other.stay);
		}
		const took = performance.now() - began;
		this.#rest = performance.now() + Math.min(took / share, this.#tickets.size * restEach);
		for (const [one, other] of pairs) this.#paired(one.stay, other.stay);
		this.#looked(now);
		if (this.#tickets.size > 0) this.#schedule(period);
	}

	/** Whichever is due first. */
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

function ticketOf(stay: Stay, since: number): Ticket {
	const { personId, place, wish } = stay;
	const { interests, language } = wish;
	return { stay, personId, place, interests, language, since };
}
