import { describe, expect, test } from 'vitest';
import { newPeerId } from '#shared/ids.ts';
import { prolongPath, prolongStream } from '#lib/features/call/engine/statistics/history.ts';
import type { StreamStatistics } from '#lib/features/call/engine/statistics/statisticsModel.ts';
import { alignLines, lineOfPath, linesOf } from '#lib/features/call/ui/statistics/plotLines.ts';

const figures = {
	...{ bitrate: 1000, loss: 0, jitter: 4, rtt: null, framesPerSecond: 15, height: 180 },
	...{ width: 320, codec: 'VP8', limitation: null, layers: [], dropped: null, freezes: null },
};

describe('lines on one axis of time', () => {
	test('end with the latest measurement, and have gaps where one was not measured', () => {
		expect(
			alignLines([
				{ key: 'microphone', at: [1000, 2000, 3500], values: [1, 2, null] },
				{ key: 'camera', at: [2000, 3500], values: [7, 8] },
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

test('a stream has a line for what applied to it', () => {
	const history = prolongStream(undefined, 5, figures);
	const stream: StreamStatistics = {
		...{ key: 'a', peerId: newPeerId(), source: 'camera', demand: undefined, now: figures },
		history,
	};
	expect(linesOf([stream], 'bitrate')).toEqual([{ key: 'camera', at: [5], values: [1000] }]);
	expect(linesOf([stream], 'rtt')).toEqual([]);
});

test('a path has a line for what was told of it', () => {
	const path = { rtt: 20, available: null, protocol: null };
	const history = prolongPath(undefined, 5, path);
	expect(lineOfPath({ ...path, history }, 'rtt')).toEqual([{ key: 'path', at: [5], values: [20] }]);
	expect(lineOfPath({ ...path, history }, 'available')).toEqual([]);
});
