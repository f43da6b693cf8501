import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, pairUp, suits, type Waiter } from '../../../sfu/matching/pair.ts';
import { newPersonId } from '../../../shared/ids.ts';
import { acquaintance, waiting } from '../../support/waiters.ts';

// What holds for every crowd. A failure prints its seed and the smallest crowd that fails:
// TEST_SEED=… repeats a run.

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);
const now = 1_800_000_000_000;
const people = Array.from({ length: 12 }, newPersonId);
const pick = fc.nat({ max: people.length - 1 });
const personAt = (index: number) => people[index] ?? newPersonId();

const wish = fc.record({
	person: pick,
	place: fc.constantFrom('text', 'hall 1'),
	interests: fc.uniqueArray(fc.constantFrom('chess', 'go', 'music', 'tea'), { maxLength: 3 }),
	language: fc.constantFrom(null, null, 'de', 'fr'),
	// Around the moments in which windows open.
	waited: fc.oneof(fc.nat({ max: 15_000 }), fc.constantFrom(0, 3_000, 8_000, 10_000)),
});
const known = fc.record({
	blocks: fc.array(fc.tuple(pick, pick), { maxLength: 8 }),
	meetings: fc.array(fc.tuple(pick, pick), { maxLength: 16 }),
});

/** A crowd, what is known in it, and what came of it. */
const outcome = fc
	.tuple(fc.array(wish, { maxLength: 30 }), known)
	.map(([wishes, { blocks, meetings }]) => {
		const crowd = wishes
			.map(({ person, waited, ...rest }) =>
				waiting(now, waited, { ...rest, personId: personAt(person) }),
			)
			.sort((one, other) => one.since - other.since);
		const pairsOf = (pairs: (readonly [number, number])[]) =>
			pairs.filter(([a, b]) => a !== b).map(([a, b]) => [personAt(a), personAt(b)] as const);
		const acquainted = acquaintance(pairsOf(blocks), pairsOf(meetings));
		const pairs = pairUp(crowd, acquainted, now);
		const paired = new Set(pairs.flat());
		return { crowd, acquainted, pairs, left: crowd.filter((waiter) => !paired.has(waiter)) };
	});
type Outcome = typeof outcome extends fc.Arbitrary<infer T> ? T : never;

const holds = (property: (of: Outcome) => void) =>
	fc.assert(fc.property(outcome, property), { seed, numRuns: 3_000 });
const shares = (one: Waiter, other: Waiter) =>
	one.interests.some((interest) => other.interests.includes(interest));

describe(`R98: pairing, whoever waits (seed ${seed})`, () => {
	test('nobody is in two pairs, and everybody in one waited', () => {
		holds(({ crowd, pairs }) => {
			const paired = pairs.flat();
			expect(new Set(paired).size).toBe(paired.length);
			for (const waiter of paired) expect(crowd).toContain(waiter);
		});
	});

	test('those who meet suit each other, whichever of them is asked', () => {
		holds(({ pairs, acquainted }) => {
			for (const [one, other] of pairs) {
				expect(suits(one, other, acquainted, now)).toBe(true);
				expect(suits(other, one, acquainted, now)).toBe(true);
				expect(one.personId).not.toBe(other.personId);
				expect(one.place).toBe(other.place);
				expect(acquainted.blocked(one.personId, other.personId)).toBe(false);
			}
		});
	});

	test('of those who stay no two could have met as strangers', () => {
		holds(({ left, acquainted }) => {
			for (const [index, one] of left.entries()) {
				for (const other of left.slice(index + 1)) {
					const strangers = acquainted.met(one.personId, other.personId) === null;
					expect(strangers && suits(one, other, acquainted, now)).toBe(false);
				}
			}
		});
	});

	test('nobody stays who could have met one of two that wait less long', () => {
		holds(({ left, pairs, acquainted }) => {
			for (const waiter of left) {
				for (const [one, other] of pairs) {
					if (Math.min(one.since, other.since) <= waiter.since) continue;
					for (const taken of [one, other]) {
						const stranger = acquainted.met(waiter.personId, taken.personId) === null;
						expect(stranger && suits(waiter, taken, acquainted, now)).toBe(false);
					}
				}
			}
		});
	});

	test('those who met lately meet again only if nobody new stays who would suit one of them', () => {
		holds(({ left, pairs, acquainted }) => {
			for (const pair of pairs) {
				if (acquainted.met(pair[0].personId, pair[1].personId) === null) continue;
				for (const one of pair) {
					expect(isOpen(one, now)).toBe(true);
					for (const other of left) {
						const stranger = acquainted.met(one.personId, other.personId) === null;
						expect(stranger && suits(one, other, acquainted, now)).toBe(false);
					}
				}
			}
		});
	});

	test('nobody meets without a shared interest while somebody new who shares one stays', () => {
		holds(({ left, pairs, acquainted }) => {
			for (const [chooser, chosen] of pairs) {
				if (shares(chooser, chosen)) continue;
				for (const other of left) {
					const better =
						shares(chooser, other) &&
						acquainted.met(chooser.personId, other.personId) === null &&
						suits(chooser, other, acquainted, now);
					expect(better).toBe(false);
				}
			}
		});
	});

	test('the same crowd gives the same pairs', () => {
		holds(({ crowd, acquainted, pairs }) => {
			expect(pairUp(crowd, acquainted, now)).toEqual(pairs);
		});
	});
});
