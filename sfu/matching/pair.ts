import type { PersonId } from '#shared/ids.ts';

/*
 * The thinking behind the next partner: a pure function from who waits to who meets. It is linear in the number of
 * those who wait, because each of them looks at a bounded number of others.
 */

/** Somebody who waits. */
export type Waiter = {
	personId: PersonId;
	/** Where they can meet others: of the same place only. */
	place: string;
	/** What they would like to talk about; none for anything. */
	interests: readonly string[];
	/** What they would like to talk in; null for anything. */
	language: string | null;
	/** Since when they wait, in ms since 1970. */
	since: number;
};

export type Pair<W extends Waiter> = readonly [W, W];

/** What is known between people. */
export type Acquaintance = {
	/** Either of them blocked the other. */
	blocked(one: PersonId, other: PersonId): boolean;
	/** How many others one of them has met since they last met: 0 if neither met anybody; null if that is long ago. */
	met(one: PersonId, other: PersonId): number | null;
};

/** How long those with interests wait for somebody who shares one, in ms. */
export const interestPatience = 3_000;
/** How long those who chose a language wait for somebody who chose it too, in ms. Another one they never get. */
export const languagePatience = 8_000;
/** How long two who have just parted wait for anybody else before they meet again, in ms. */
export const reunionPatience = 10_000;
/** How many of those in one line somebody looks at: more than this many do not suit anybody by chance. */
const glance = 64;

/** Whether somebody takes those who share no interest with them. */
export const isOpen = ({ interests, since }: Waiter, now: number): boolean =>
	interests.length === 0 || now - since >= interestPatience;

/** Whether somebody takes those who left the language open. */
const isTolerant = ({ language, since }: Waiter, now: number): boolean =>
	language === null || now - since >= languagePatience;

/** Whether these two may meet now, as if they had never met before. Symmetric. */
export function suits(
	one: Waiter,
	other: Waiter,
	known: Pick<Acquaintance, 'blocked'>,
	now: number,
): boolean {
	if (one.personId === other.personId || one.place !== other.place) return false;
	if (one.language !== other.language) {
		if (one.language !== null && other.language !== null) return false;
		if (!isTolerant(one, now) || !isTolerant(other, now)) return false;
	}
	const shared = one.interests.some((interest) => other.interests.includes(interest));
	if (!shared && !(isOpen(one, now) && isOpen(other, now))) return false;
	return !known.blocked(one.personId, other.personId);
}

/** Somebody in the crowd, with what is asked of them again and again. */
type Entry<W extends Waiter> = {
	readonly waiter: W;
	readonly open: boolean;
	/** The lines they look for others in. */
	readonly looksIn: readonly Line<W>[];
	paired: boolean;
};

/** Entries in the order of their coming. Those who are paired are passed over, and each of them only once. */
class Queue<W extends Waiter> {
	readonly #entries: Entry<W>[] = [];
	#head = 0;

	push(entry: Entry<W>): void {
		this.#entries.push(entry);
	}

	/** Shows the first of those who are not paired, until enough was seen or `look` is content. */
	look(look: (entry: Entry<W>) => boolean): void {
		const entries = this.#entries;
		const seen: Entry<W>[] = [];
		let at = this.#head;
		for (let content = false; !content && at < entries.length && seen.length < glance; at++) {
			const entry = entries[at];
			if (!entry || entry.paired) continue;
			seen.push(entry);
			content = look(entry);
		}
		// Those who were seen move up over those who were passed over.
		this.#head = at - seen.length;
		for (const [index, entry] of seen.entries()) entries[this.#head + index] = entry;
	}
}

/** Those who wait for the same: all who are open, and all by what they are interested in. Longest waiting first. */
class Line<W extends Waiter> {
	readonly open = new Queue<W>();
	readonly byInterest = new Map<string, Queue<W>>();

	add(entry: Entry<W>): void {
		if (entry.open) this.open.push(entry);
		for (const interest of entry.waiter.interests) {
			let sharing = this.byInterest.get(interest);
			if (!sharing) this.byInterest.set(interest, (sharing = new Queue()));
			sharing.push(entry);
		}
	}
}

/** Those who left the language open, and those who by now take them though they chose one. */
const any = '';
const tolerant = '*';

/** The lines that somebody is found in, and those they look for others in. */
function linesOf(waiter: Waiter, now: number): { standsIn: string[]; looksIn: string[] } {
	const { language } = waiter;
	if (language === null) return { standsIn: [any], looksIn: [any, tolerant] };
	if (isTolerant(waiter, now)) return { standsIn: [language, tolerant], looksIn: [language, any] };
	return { standsIn: [language], looksIn: [language] };
}

/** Everybody, in the lines of their place and language. */
function crowdOf<W extends Waiter>(waiters: readonly W[], now: number): Entry<W>[] {
	const places = new Map<string, Map<string, Line<W>>>();
	const line = (place: string, name: string): Line<W> => {
		let lines = places.get(place);
		if (!lines) places.set(place, (lines = new Map()));
		let found = lines.get(name);
		if (!found) lines.set(name, (found = new Line()));
		return found;
	};
	return waiters.map((waiter) => {
		const { standsIn, looksIn } = linesOf(waiter, now);
		const entry = {
			waiter,
			open: isOpen(waiter, now),
			looksIn: looksIn.map((name) => line(waiter.place, name)),
			paired: false,
		};
		for (const name of standsIn) line(waiter.place, name).add(entry);
		return entry;
	});
}

/** How much somebody is wanted by another; null where they must not meet. */
type Rank<W extends Waiter> = (one: W, other: W) => number | null;
type Best<W extends Waiter> = { entry: Entry<W>; rank: number } | null;

/** The one of these who ranks highest, and of those the one who waits longest. */
function bestOf<W extends Waiter>(
	queue: Queue<W>,
	{ waiter }: Entry<W>,
	rank: Rank<W>,
	known: Best<W>,
): Best<W> {
	let best = known;
	queue.look((entry) => {
		const ranked = entry.waiter === waiter ? null : rank(waiter, entry.waiter);
		if (ranked === null) return false;
		const better =
			!best ||
			ranked > best.rank ||
			(ranked === best.rank && entry.waiter.since < best.entry.waiter.since);
		if (better) best = { entry, rank: ranked };
		// Nobody further back ranks higher or waits longer.
		return ranked === Infinity;
	});
	return best;
}

/** Among those who share an interest, and else among the others. */
function partnerOf<W extends Waiter>(entry: Entry<W>, rank: Rank<W>): Entry<W> | null {
	let best: Best<W> = null;
	for (const interest of entry.waiter.interests) {
		for (const { byInterest } of entry.looksIn) {
			const sharing = byInterest.get(interest);
			if (sharing) best = bestOf(sharing, entry, rank, best);
		}
	}
	if (!best && entry.open)
		for (const { open } of entry.looksIn) best = bestOf(open, entry, rank, best);
	return best?.entry ?? null;
}

/**
 * Who meets now. Nobody is in two pairs, and those who stay could not be paired by these rules. Whoever waits longest
 * chooses first, and takes who shares an interest before others. Those who met lately meet again only where nobody else
 * would do, first those whose meeting is longest ago.
 *
 * @param waiters longest waiting first.
 * @param now in ms since 1970.
 */
export function pairUp<W extends Waiter>(
	waiters: readonly W[],
	known: Acquaintance,
	now: number,
): Pair<W>[] {
	const pairs: Pair<W>[] = [];
	const strangers: Rank<W> = (one, other) =>
		suits(one, other, known, now) && known.met(one.personId, other.personId) === null
			? Infinity
			: null;
	/** Those whose interests still let them hope for somebody new do so. */
	const acquaintances: Rank<W> = (one, other) => {
		if (!isOpen(one, now) || !isOpen(other, now) || !suits(one, other, known, now)) return null;
		const others = known.met(one.personId, other.personId) ?? Infinity;
		const waited = now - Math.max(one.since, other.since);
		return others > 0 || waited >= reunionPatience ? others : null;
	};
	const crowd = crowdOf(waiters, now);
	for (const rank of [strangers, acquaintances]) {
		for (const entry of crowd) {
			const partner = entry.paired ? null : partnerOf(entry, rank);
			if (!partner) continue;
			entry.paired = true;
			partner.paired = true;
			pairs.push([entry.waiter, partner.waiter]);
		}
	}
	return pairs;
}
