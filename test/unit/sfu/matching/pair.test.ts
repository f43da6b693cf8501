import { describe, expect, test } from 'vitest';
import { pairUp } from '../../../../sfu/matching/pair.ts';
import {
	interestWaitTime,
	languageWaitTime,
	reunionWaitTime,
	type Waiter,
} from '../../../../sfu/matching/waiter.ts';
import { newPersonId } from '../../../../shared/ids.ts';
import { acquaintance, waiting } from '../../../support/waiters.ts';

const now = 1_800_000_000_000;
const wait = (ms: number, wish: Partial<Waiter> = {}) => waiting(now, ms, wish);
/** The pairs by their places in the crowd. */
const pairsOf = (crowd: Waiter[], known = acquaintance()) =>
	pairUp(crowd, known, now).map((pair) => pair.map((waiter) => crowd.indexOf(waiter)));

describe('MATCH-4: who meets whom', () => {
	test('whoever waits longest is served first, and takes who waits longest', () => {
		expect(pairsOf([wait(3), wait(2), wait(1)])).toEqual([[0, 1]]);
		expect(pairsOf([])).toEqual([]);
		expect(pairsOf([wait(60_000)])).toEqual([]);
	});

	test('nobody meets themselves in another tab', () => {
		const personId = newPersonId();
		expect(pairsOf([wait(2, { personId }), wait(1, { personId })])).toEqual([]);
		expect(pairsOf([wait(3, { personId }), wait(2, { personId }), wait(1)])).toEqual([[0, 2]]);
	});

	test('people in different places do not meet', () => {
		expect(pairsOf([wait(2, { place: 'hall 1' }), wait(1)])).toEqual([]);
	});

	test.each([true, false])('whoever blocked, or was blocked, is passed over (%s)', (first) => {
		const crowd = [wait(3), wait(2), wait(1)] as const;
		const [a, b] = [crowd[0].personId, crowd[1].personId];
		expect(pairsOf([...crowd], acquaintance([first ? [a, b] : [b, a]]))).toEqual([[0, 2]]);
	});

	test('a shared interest comes before a longer wait', () => {
		const crowd = [
			wait(4, { interests: ['chess', 'go'] }),
			wait(3),
			wait(2, { interests: ['go'] }),
		];
		expect(pairsOf(crowd)).toEqual([[0, 2]]);
	});

	test('nobody waits long for a shared interest', () => {
		const chess = (ms: number) => wait(ms, { interests: ['chess'] });
		expect(pairsOf([wait(interestWaitTime), chess(interestWaitTime - 1)])).toEqual([]);
		expect(pairsOf([chess(interestWaitTime), wait(1)])).toEqual([[0, 1]]);
		const other = wait(interestWaitTime, { interests: ['go'] });
		expect(pairsOf([chess(interestWaitTime), other])).toEqual([[0, 1]]);
	});

	test('a chosen language is kept to; somebody without a choice does after a while', () => {
		const spoken = (language: string, ms: number) => wait(ms, { language });
		expect(pairsOf([spoken('de', 2), spoken('fr', 1), spoken('de', 0)])).toEqual([[0, 2]]);
		expect(pairsOf([spoken('de', 99_999), spoken('fr', 99_999)])).toEqual([]);
		expect(pairsOf([wait(languageWaitTime), spoken('de', languageWaitTime - 1)])).toEqual([]);
		expect(pairsOf([spoken('de', languageWaitTime), wait(0)])).toEqual([[0, 1]]);
		expect(pairsOf([wait(languageWaitTime), spoken('de', languageWaitTime)])).toEqual([[0, 1]]);
	});

	test('those who met lately meet again only where nobody else would do', () => {
		const crowd = [wait(3), wait(2), wait(1)] as const;
		const [a, b, c] = crowd.map(({ personId }) => personId) as [never, never, never];
		expect(pairsOf([...crowd], acquaintance([], [[a, b]]))).toEqual([[0, 2]]);
		// Both of the others were met: first the one whose meeting is longest ago.
		const [d, e] = [newPersonId(), newPersonId()];
		const met = acquaintance(
			[],
			[
				[b, c],
				[a, c],
				[a, d],
				[a, b],
				[b, e],
			],
		);
		expect(pairsOf([...crowd], met)).toEqual([[0, 2]]);
	});

	test('a meeting is not taken where the other one could have somebody new', () => {
		const crowd = [wait(3), wait(2), wait(1)] as const;
		const [a, b, c] = crowd.map(({ personId }) => personId) as [never, never, never];
		expect(pairsOf([...crowd], acquaintance([[a, c]], [[a, b]]))).toEqual([[1, 2]]);
	});

	test('two who have just parted wait a while before they meet again', () => {
		const meet = (ms: number) => {
			const crowd = [wait(ms), wait(ms)] as const;
			return pairsOf([...crowd], acquaintance([], [[crowd[0].personId, crowd[1].personId]]));
		};
		expect(meet(reunionWaitTime - 1)).toEqual([]);
		expect(meet(reunionWaitTime)).toEqual([[0, 1]]);
	});

	test('a crowd that nobody suits at its head holds up nobody behind it', () => {
		const shy = Array.from({ length: 300 }, () => wait(2));
		const others = Array.from({ length: 400 }, () => wait(1));
		const blocks = shy.flatMap((one) =>
			[...shy, ...others].map((other) => [one.personId, other.personId] as const),
		);
		const expected = others.flatMap((_, at) => (at % 2 === 0 ? [[300 + at, 301 + at]] : []));
		expect(pairsOf([...shy, ...others], acquaintance(blocks))).toEqual(expected);
	});

	test('whoever was blocked by many who wait finds somebody among the others', () => {
		const crowd = [wait(3), ...Array.from({ length: 501 }, () => wait(2))];
		const [first, ...rest] = crowd.map(({ personId }) => personId);
		const blocks = rest.slice(0, 400).map((other) => [other, first ?? newPersonId()] as const);
		const [pair] = pairsOf(crowd, acquaintance(blocks));
		expect(pair).toEqual([0, 401]);
	});
});
