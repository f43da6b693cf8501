import { expect, test } from 'vitest';
import { newPeerId } from '#shared/ids.ts';
import { prolongPath, prolongStream } from '#lib/features/call/engine/statistics/history.ts';
import type { StreamStatistics } from '#lib/features/call/engine/statistics/statisticsModel.ts';
import { lineOfPath, linesOf } from '#lib/features/call/ui/statistics/plotLines.ts';

const figures = {
	...{ bitrate: 1000, loss: 0, jitter: 4, rtt: null, framesPerSecond: 15, height: 180 },
	...{ width: 320, codec: 'VP8', limitation: null, layers: [], dropped: null, freezes: null },
};

test('a stream has a line for what applied to it', () => {
	const history = prolongStream(undefined, 5, figures);
	const stream: StreamStatistics = {
		...{ key: 'a', peerId: newPeerId(), source: 'camera', demand: undefined, now: figures },
		history,
	};
	expect(linesOf([stream], 'bitrate')).toMatchObject([
		{ key: 'camera', look: 2, label: 'Camera', at: [5], values: [1000] },
	]);
	expect(linesOf([stream], 'rtt')).toEqual([]);
});

test('a path has a line for what was told of it', () => {
	const path = { rtt: 20, available: null, protocol: null };
	const history = prolongPath(undefined, 5, path);
	expect(lineOfPath({ ...path, history }, 'rtt', 'Connection')).toEqual([
		{ key: 'path', look: 'dashed', label: 'Connection', at: [5], values: [20] },
	]);
	expect(lineOfPath({ ...path, history }, 'available', 'Available')).toEqual([]);
});
