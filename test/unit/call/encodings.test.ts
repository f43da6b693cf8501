import { describe, expect, test } from 'vitest';
import { activeEncodings } from '#lib/call/encodings.ts';

describe('what is encoded', () => {
	test.each([
		['nothing is known: all of it', undefined, [true, true, true]],
		['nobody watches: nothing (R32)', null, [false, false, false]],
		['the lowest layer is wanted', 0, [true, false, false]],
		['the middle layer is wanted', 1, [true, true, false]],
		['the highest layer is wanted', 2, [true, true, true]],
		['more is wanted than there is', 7, [true, true, true]],
	] as const)('%s', (_, demand, active) => {
		expect(activeEncodings(3, demand)).toEqual(active);
	});

	test('a browser that sends one encoding sends it for any demand', () => {
		expect(activeEncodings(1, 2)).toEqual([true]);
		expect(activeEncodings(1, null)).toEqual([false]);
	});
});
