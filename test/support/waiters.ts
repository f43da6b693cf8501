import { RecentPartners } from '../../sfu/matching/recentPartners.ts';
import type { Acquaintance, Waiter } from '../../sfu/matching/waiter.ts';
import { newPersonId, type PersonId } from '../../shared/ids.ts';

/** What people know of each other, for tests of pairing. Of two it is the first one who knows that they are apart. */
export function acquaintance(
	blocks: readonly (readonly [PersonId, PersonId])[] = [],
	matchPeers: readonly (readonly [PersonId, PersonId])[] = [],
): Acquaintance {
	const apart = new Map<PersonId, Set<PersonId>>();
	for (const [a, b] of blocks) apart.set(a, (apart.get(a) ?? new Set()).add(b));
	const recent = new RecentPartners(1_000);
	for (const [a, b] of matchPeers) recent.note(a, b);
	return { apart: (person) => apart.get(person) ?? new Set(), partners: recent.partners };
}

/** Somebody who has waited for so many ms at the moment `now`, and wants nothing special. */
export function waiting(now: number, ms: number, wish: Partial<Waiter> = {}): Waiter {
	return {
		personId: newPersonId(),
		place: 'text',
		interests: [],
		language: null,
		since: now - ms,
		...wish,
	};
}
