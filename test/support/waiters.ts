import type { Acquaintance, Waiter } from '../../sfu/matching/pair.ts';
import { Recent } from '../../sfu/matching/recent.ts';
import { newPersonId, type PersonId } from '../../shared/ids.ts';

/** What people know of each other, for tests of pairing. */
export function acquaintance(
	blocks: readonly (readonly [PersonId, PersonId])[] = [],
	meetings: readonly (readonly [PersonId, PersonId])[] = [],
): Acquaintance {
	const blocked = new Set(blocks.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
	const recent = new Recent();
	for (const [a, b] of meetings) recent.note(a, b);
	return {
		blocked: (one, other) => blocked.has(`${one} ${other}`),
		met: (one, other) => recent.met(one, other),
	};
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
