import type { Acquaintance } from '#shared/people.ts';

const ranks = { available: 0, 'in-call': 1, away: 1, 'do-not-disturb': 1, offline: 2 } as const;

/** The people whose name holds every word of the query: available people first, then by name. */
export function found(people: readonly Acquaintance[], query: string): Acquaintance[] {
	const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
	return people
		.filter(({ name }) => words.every((word) => name.toLocaleLowerCase().includes(word)))
		.sort(
			(one, other) => ranks[one.state] - ranks[other.state] || one.name.localeCompare(other.name),
		);
}
