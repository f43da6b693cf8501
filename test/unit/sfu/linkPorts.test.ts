import { expect, test } from 'vitest';
import { linkPortsBeside } from '../../../sfu/media/worker/pipes.ts';

test.each([
	[40_000, 40_003, 10_000, 39_999],
	[20_000, 20_063, 20_064, 59_999],
	[3_000, 3_001, 10_000, 59_999],
	[9_998, 10_005, 10_006, 59_999],
	[59_998, 60_005, 10_000, 59_997],
	[61_000, 61_001, 10_000, 59_999],
])(
	'beside the media ports %i to %i, links between workers have ports from %i to %i',
	(first, last, min, max) => {
		expect(linkPortsBeside({ first, last })).toEqual({ min, max });
	},
);
