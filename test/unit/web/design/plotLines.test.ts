import { describe, expect, test } from 'vitest';
import { alignLines } from '#lib/design/plots/lines.ts';

describe('lines on one axis of time', () => {
	test('end with the latest measurement, and have gaps where one was not measured', () => {
		expect(
			alignLines([
				{ at: [1000, 2000, 3500], values: [1, 2, null] },
				{ at: [2000, 3500], values: [7, 8] },
			]),
		).toEqual([
			[-2.5, -1.5, 0],
			[1, 2, null],
			[null, 7, 8],
		]);
	});

	test('none is an axis without anything', () => {
		expect(alignLines([])).toEqual([[]]);
	});
});
