import { expect, test } from 'vitest';
import { ratioOf } from '../../load/bench/alternate.ts';
import { fitOf } from '../../load/bench/fit.ts';
import { ticksOf } from '../../load/bench/plot.ts';
import { pausesOf } from '../../load/bench/shownFrames.ts';
import { spreadGoal } from '../../load/bench/spread.ts';
import { stuckAt, type Evidence } from '../../load/pictureWatch.ts';

test('a ratio of medians has an interval that is as wide as its runs are noisy', () => {
	const noisy = Array.from({ length: 20 }, (_, index) => 100 + ((index * 37) % 50));
	const same = ratioOf(noisy, noisy);
	expect(same.ratio).toBe(1);
	expect(same.low).toBeLessThan(1);
	expect(same.high).toBeGreaterThan(1);
	const twice = ratioOf(
		noisy.map((value) => 2 * value),
		noisy,
	);
	expect(twice.ratio).toBe(2);
	expect(twice.low).toBeGreaterThan(1);
	expect(ratioOf([200, 200, 200], [100, 100, 100])).toEqual({ ratio: 2, low: 2, high: 2 });
});

test('the fit of a line tells its slope, and how straight it is', () => {
	const line = fitOf([
		[1, 5],
		[2, 8],
		[3, 11],
	]);
	expect(line.slope).toBeCloseTo(3);
	expect(line.fit).toBeCloseTo(1);
	const bent = fitOf([
		[1, 0],
		[2, 8],
		[3, 0],
		[4, 8],
	]);
	expect(bent.fit).toBeLessThan(0.5);
});

test('an axis has a few round numbers', () => {
	expect(ticksOf(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
	expect(ticksOf(0, 0.7)).toEqual([0, 0.2, 0.4, 0.6]);
	expect(ticksOf(-3, 12)).toEqual([0, 5, 10]);
});

test('the pauses between frames, and a goal for the longest of them', () => {
	const frames = [0, 60, 310, 360].map((at) => ({ at, width: 640 }));
	const pause = { name: 'Pause', values: pausesOf(frames) };
	expect(pause.values).toEqual([60, 250, 50]);
	expect(spreadGoal(pause, 1, 200)).toMatchObject({ seen: '250 ms', isMet: false });
	expect(spreadGoal(pause, 0.5, 200)).toMatchObject({ seen: '60 ms', isMet: true });
	expect(spreadGoal({ ...pause, values: [] }, 1, 200).isMet).toBe(false);
});

const producer = {
	...{ id: 'p', producerId: 'p', isConsumer: false, paused: false },
	...{ packets: 900, lately: 30, keyFrameRequests: 0, layers: { wanted: null, flowing: null } },
};
const consumer = {
	...producer,
	...{ id: 'c', isConsumer: true, packets: 400, layers: { wanted: 0, flowing: 0 } },
};
const received: NonNullable<Evidence['received']> = {
	...{ paused: false, readyState: 0, size: [0, 0], frames: 0 },
	track: { id: 'c', state: 'live', muted: true },
};
const missed: Evidence = {
	seen: { began: 5, origin: 0, marks: {}, inTile: null },
	received,
	connections: { receiver: [], sender: [] },
	sent: [{ packetsSent: 900 }],
	engine: [producer, consumer],
};

test.each<[string, Partial<Evidence>]>([
	['the press', { seen: { ...missed.seen, began: Infinity } }],
	['the page', { received: null }],
	['the page', { received: { ...received, frames: 114 } }],
	['the page', { received: { ...received, packetsReceived: 9, framesDecoded: 3 } }],
	['the sender', { received: { ...received, packetsReceived: 9 } }],
	['the server', { engine: [producer] }],
	['the server', { engine: [producer, { ...consumer, paused: true }] }],
	['the line to the receiver', {}],
	['the server', { engine: [producer, { ...consumer, packets: 0 }] }],
	[
		'the sender',
		{
			engine: [
				{ ...producer, lately: 0 },
				{ ...consumer, packets: 0 },
			],
		},
	],
])('a picture that does not come is said to be stuck at %s (%o)', (side, evidence) => {
	expect(stuckAt({ ...missed, ...evidence }).startsWith(`${side}:`)).toBe(true);
});
