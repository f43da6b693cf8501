import { expect, test } from 'vitest';
import { qualityBetween } from '#lib/features/call/engine/extra/qualityReports.ts';
import { indexed, type Stat } from '#lib/features/call/engine/statistics/statReport.ts';

const timestamp = 0;
const stream = (
	id: string,
	packetsReceived: number,
	packetsLost: number,
	freezeCount = 0,
): Stat => ({
	...{ id, type: 'inbound-rtp', timestamp, packetsReceived, packetsLost, freezeCount },
});
const pair: Stat = {
	...{ id: 'P', type: 'candidate-pair', timestamp, state: 'succeeded', nominated: true },
	currentRoundTripTime: 0.04,
};

test('a report holds the loss and the freezes of all streams since the last report, new streams from their beginning', () => {
	const before = indexed([stream('A', 100, 10, 2), stream('gone', 500, 400, 9)]);
	const now = indexed([stream('A', 160, 20, 3), stream('B', 20, 10, 1), pair]);
	expect(qualityBetween(before, now)).toEqual({ loss: 0.2, roundTrip: 40, freezes: 2 });
});

test('where nothing came and no path is known, a report says that it is not known', () => {
	const now = indexed([stream('A', 100, 10)]);
	expect(qualityBetween(now, now)).toEqual({ loss: null, roundTrip: null, freezes: 0 });
});

test('packets that were lost and came late count for no more than nothing', () => {
	const before = indexed([stream('A', 100, 10)]);
	expect(qualityBetween(before, indexed([stream('A', 200, 5)])).loss).toBe(0);
});
