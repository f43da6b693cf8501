import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pairUp } from '../../../../sfu/matching/pair.ts';
import { newPersonId } from '../../../../shared/ids.ts';
import { PairingModel, sharesInterest } from '../../../support/pairingModel.ts';
import { acquaintance, waiting } from '../../../support/waiters.ts';

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
const relations = fc.record({
	blocks: fc.array(fc.tuple(pick, pick), { maxLength: 8 }),
	meetings: fc.array(fc.tuple(pick, pick), { maxLength: 16 }),
});

/** A crowd, what is known in it, and what came of it. */
const outcome = fc
	.tuple(fc.array(wish, { maxLength: 30 }), relations)
	.map(([wishes, { blocks, meetings }]) => {
		const crowd = wishes
			.map(({ person, waited, ...rest }) =>
				waiting(now, waited, { ...rest, personId: personAt(person) }),
			)
			.sort((one, other) => one.since - other.since);
		const pairsOf = (pairs: (readonly [number, number])[]) =>
			pairs.filter(([a, b]) => a !== b).map(([a, b]) => [personAt(a), personAt(b)] as const);
		const known = acquaintance(pairsOf(blocks), pairsOf(meetings));
		const model = new PairingModel(known, now);
		const pairs = pairUp(crowd, known, now);
		const paired = new Set(pairs.flat());
		return { crowd, known, model, pairs, left: crowd.filter((waiter) => !paired.has(waiter)) };
	});
type Outcome = typeof outcome extends fc.Arbitrary<infer T> ? T : never;

const holds = (property: (of: Outcome) => void) =>
	fc.assert(fc.property(outcome, property), { seed, numRuns: 3_000 });

// Thousands of crowds take seconds where others are at work, too.
describe(`MATCH-4: pairing, whoever waits (seed ${seed})`, { timeout: 60_000 }, () => {
	test('nobody is in two pairs, and everybody in one waited', () => {
		holds(({ crowd, pairs }) => {
			const paired = pairs.flat();
			expect(new Set(paired).size).toBe(paired.length);
			for (const waiter of paired) expect(crowd).toContain(waiter);
		});
	});

	test('those who meet suit each other, whichever of them is asked', () => {
		holds(({ pairs, model }) => {
			for (const [one, other] of pairs) {
				expect(model.suits(one, other)).toBe(true);
				expect(model.suits(other, one)).toBe(true);
				expect(one.personId).not.toBe(other.personId);
				expect(one.place).toBe(other.place);
				expect(model.areApart(one, other)).toBe(false);
			}
		});
	});

	test('of those who stay no two could have met as strangers', () => {
		holds(({ left, model }) => {
			for (const [index, one] of left.entries()) {
				for (const other of left.slice(index + 1)) {
					expect(model.areStrangers(one, other)).toBe(false);
				}
			}
		});
	});

	test('nobody stays who could have met one of two that wait less long', () => {
		holds(({ left, pairs, model }) => {
			for (const waiter of left) {
				for (const [one, other] of pairs) {
					if (Math.min(one.since, other.since) <= waiter.since) continue;
					for (const taken of [one, other]) {
						expect(model.areStrangers(waiter, taken)).toBe(false);
					}
				}
			}
		});
	});

	test('those who met lately meet again only if nobody new stays who would suit one of them', () => {
		holds(({ left, pairs, model }) => {
			for (const pair of pairs) {
				if (model.met(...pair) === null) continue;
				for (const one of pair) {
					expect(model.isOpen(one)).toBe(true);
					for (const other of left) {
						expect(model.areStrangers(one, other)).toBe(false);
					}
				}
			}
		});
	});

	test('nobody meets without a shared interest while somebody new who shares one stays', () => {
		holds(({ left, pairs, model }) => {
			for (const [chooser, chosen] of pairs) {
				if (sharesInterest(chooser, chosen)) continue;
				for (const other of left) {
					const better = sharesInterest(chooser, other) && model.areStrangers(chooser, other);
					expect(better).toBe(false);
				}
			}
		});
	});

	test('the same crowd gives the same pairs', () => {
		holds(({ crowd, known, pairs }) => {
			expect(pairUp(crowd, known, now)).toEqual(pairs);
		});
	});

	test('the pairs are those of the plain model, which compares everybody with everybody', () => {
		holds(({ crowd, model, pairs }) => {
			expect(pairs).toEqual(model.pairs(crowd));
		});
	});
});
