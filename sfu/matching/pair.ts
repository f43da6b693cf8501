import type { PersonId } from '#shared/ids.ts';
import { Lines } from './lines.ts';
import {
	areApart,
	entryOf,
	metSince,
	reunionWaitTime,
	shareInterest,
	suitEachOther,
	type Acquaintance,
	type Entry,
	type Waiter,
} from './waiter.ts';

/*
 * Pairing: a pure function from waiting people to pairs. It takes time linear in the number of waiting people, because
 * each of them skips a bounded number of others.
 */

export type Pair<W extends Waiter> = readonly [W, W];
type Entries<W extends Waiter> = readonly Entry<W>[];

/**
 * The pairs of people who meet now. No person is in two pairs, and the remaining people cannot be paired by these
 * rules. The longest waiting person chooses first, and prefers people who share an interest. People who met recently
 * meet again only if there is no other person, beginning with those whose meeting is longest ago.
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
	const left = pairStrangers(
		waiters.map((waiter) => entryOf(waiter, known, now)),
		pairs,
	);
	// People who still wait for a shared interest keep waiting for a new person.
	reunite(
		left.filter(({ open }) => open),
		pairs,
		now,
	);
	return pairs;
}

/** Pairs people who have not met recently, and returns the others. */
function pairStrangers<W extends Waiter>(entries: Entries<W>, pairs: Pair<W>[]): Entry<W>[] {
	const lines = new Lines(entries);
	const left: Entry<W>[] = [];
	for (const [who, entry] of entries.entries()) {
		if (lines.hasLeft(who)) continue;
		// A person who finds no partner suits nobody who chooses later either, and can be removed.
		lines.leave(who);
		const found = lines.strangerFor(who);
		const other = found === null ? undefined : entries[found];
		if (found === null || !other) {
			left.push(entry);
			continue;
		}
		lines.leave(found);
		pairs.push([entry.waiter, other.waiter]);
	}
	return left;
}

/** Pairs people who have met recently: one of the two remembers the other. */
function reunite<W extends Waiter>(entries: Entries<W>, pairs: Pair<W>[], now: number): void {
	const paired = new Set<Entry<W>>();
	const partners = partnersIn(entries);
	for (const one of entries) {
		if (paired.has(one)) continue;
		let best: Entry<W> | null = null;
		for (const other of partners.get(one) ?? []) {
			if (paired.has(other) || areApart(one, other) || !suitEachOther(one, other)) continue;
			const waited = now - Math.max(one.waiter.since, other.waiter.since);
			if (metSince(one, other) === 0 && waited < reunionWaitTime) continue;
			if (!best || isPreferred(one, other, best)) best = other;
		}
		if (!best) continue;
		paired.add(one).add(best);
		pairs.push([one.waiter, best.waiter]);
	}
}

/** For each person the others whom they have met recently, longest waiting first. */
function partnersIn<W extends Waiter>(entries: Entries<W>): Map<Entry<W>, Entry<W>[]> {
	const tabs = Map.groupBy(entries, ({ waiter }) => waiter.personId);
	/** The people who met a person, by that person. */
	const remembered = new Map<PersonId, Set<PersonId>>();
	const remember = (one: PersonId, other: PersonId) =>
		remembered.set(one, (remembered.get(one) ?? new Set()).add(other));
	for (const { waiter, partners } of entries) {
		for (const partner of partners) {
			if (!tabs.has(partner)) continue;
			remember(waiter.personId, partner);
			remember(partner, waiter.personId);
		}
	}
	const order = new Map(entries.map((entry, index) => [entry, index]));
	const found = new Map<Entry<W>, Entry<W>[]>();
	for (const [person, others] of remembered) {
		const waiting = [...others].flatMap((other) => tabs.get(other) ?? []);
		waiting.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
		for (const entry of tabs.get(person) ?? []) found.set(entry, waiting);
	}
	return found;
}

/** Whether a person prefers this one to that one, who waits longer. */
function isPreferred(one: Entry<Waiter>, other: Entry<Waiter>, than: Entry<Waiter>): boolean {
	const shares = shareInterest(one.waiter, other.waiter);
	if (shares !== shareInterest(one.waiter, than.waiter)) return shares;
	return metSince(one, other) > metSince(one, than);
}
