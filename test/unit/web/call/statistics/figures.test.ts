import { describe, expect, test } from 'vitest';
import {
	pathFigures,
	receivedFigures,
	sentFigures,
} from '#lib/features/call/engine/statistics/figures.ts';
import { indexed, type Stat } from '#lib/features/call/engine/statistics/statReport.ts';

/** A report as browsers give it, at a second. */
const report = (second: number, ...stats: Omit<Stat, 'timestamp'>[]) =>
	indexed(stats.map((stat) => ({ ...stat, timestamp: 1_000_000 + second * 1000 })));

const sound = (bytesSent: number, packetsSent: number) => ({
	id: 'OT0',
	type: 'outbound-rtp',
	kind: 'audio',
	mid: '0',
	bytesSent,
	packetsSent,
});
const layer = (rid: string, changes: Partial<Stat>) => ({
	id: `OT${rid}`,
	type: 'outbound-rtp',
	kind: 'video',
	mid: '1',
	rid,
	...changes,
});
const picture = (changes: Partial<Stat>) => ({
	id: 'IT1',
	type: 'inbound-rtp',
	kind: 'video',
	mid: '4',
	...changes,
});

describe('what was sent', () => {
	test('bits per second, from bytes and the time between the reports', () => {
		const figures = sentFigures('0', report(2, sound(10_000, 100)), report(0, sound(2_000, 20)));
		expect(figures).toMatchObject({
			bitrate: 32_000,
			framesPerSecond: null,
			layers: [],
			width: null,
		});
	});

	test('another section of the session description, and nothing sent yet', () => {
		expect(sentFigures('7', report(1, sound(1, 1)), report(0))).toBeNull();
	});

	test('the first report, and a counter that began anew, count for nothing more than they say', () => {
		expect(sentFigures('0', report(1, sound(9_000, 9)), report(0))?.bitrate).toBe(0);
		const again = sentFigures('0', report(1, sound(1_000, 10)), report(0, sound(50_000, 500)));
		expect(again?.bitrate).toBe(8_000);
	});

	test('the layers in order, the highest that flows for all', () => {
		const now = report(
			1,
			layer('r2', { active: false, bytesSent: 500, packetsSent: 5 }),
			layer('r1', { bytesSent: 3000, packetsSent: 30, framesPerSecond: 15, frameWidth: 640 }),
			layer('r0', { bytesSent: 1000, packetsSent: 10, framesPerSecond: 14, frameWidth: 320 }),
		);
		const before = report(
			0,
			layer('r0', {}),
			layer('r1', {}),
			layer('r2', { bytesSent: 500, packetsSent: 5 }),
		);
		const figures = sentFigures('1', now, before);
		expect(figures).toMatchObject({ bitrate: 32_000, framesPerSecond: 15, width: 640 });
		expect(figures?.layers.map(({ active, bitrate }) => [active, bitrate])).toEqual([
			[true, 8_000],
			[true, 24_000],
			[false, 0],
		]);
	});

	test.each([
		[['none', 'none'], 'none'],
		[['none', 'bandwidth'], 'bandwidth'],
		[['cpu', 'none'], 'cpu'],
		[[undefined, undefined], null],
		[['something new', undefined], null],
	])('limited by %j: %s', (reasons, limitation) => {
		const layers = reasons.map((qualityLimitationReason, index) =>
			layer(`r${index}`, { qualityLimitationReason }),
		);
		expect(sentFigures('1', report(1, ...layers), report(0))?.limitation).toBe(limitation);
	});

	test('what the server says it lost of it, over all layers', () => {
		const heard = (rid: string, packetsLost: number) => ({
			id: `RI${rid}`,
			type: 'remote-inbound-rtp',
			localId: `OT${rid}`,
			packetsLost,
			jitter: 0.012,
			roundTripTime: 0.04,
		});
		const stats = (packets: number, lost: number) => [
			layer('r0', { packetsSent: packets }),
			layer('r1', { packetsSent: packets }),
			heard('r0', lost),
			heard('r1', lost),
			{ ...heard('r9', 1000), localId: 'another stream' },
		];
		const figures = sentFigures('1', report(1, ...stats(100, 12)), report(0, ...stats(0, 2)));
		expect(figures).toMatchObject({ loss: 0.1, jitter: 12, rtt: 40 });
		// Packets that come late are taken off again.
		const late = sentFigures('1', report(2, ...stats(200, 3)), report(1, ...stats(100, 12)));
		expect(late?.loss).toBe(0);
	});
});

describe('what was received', () => {
	test('bits, loss, pictures, and what was not shown', () => {
		const before = report(0, picture({ bytesReceived: 0, packetsReceived: 0, packetsLost: 5 }));
		const now = report(
			1,
			picture({
				bytesReceived: 12_500,
				packetsReceived: 90,
				packetsLost: 15,
				jitter: 0.0304,
				framesDecoded: 24,
				framesReceived: 30,
				framesDropped: 6,
				freezeCount: 1,
				frameWidth: 320,
				frameHeight: 180,
				codecId: 'C',
			}),
			{ id: 'C', type: 'codec', mimeType: 'video/VP8' },
		);
		expect(receivedFigures('4', now, before)).toEqual({
			bitrate: 100_000,
			loss: 0.1,
			jitter: 30,
			rtt: null,
			framesPerSecond: 24,
			width: 320,
			height: 180,
			codec: 'VP8',
			limitation: null,
			layers: [],
			dropped: 0.2,
			freezes: 1,
		});
	});

	test('nothing came: no loss, no picture', () => {
		const still = report(0, picture({ packetsReceived: 50, framesDecoded: 10 }));
		const figures = receivedFigures('4', still, still);
		expect(figures).toMatchObject({ bitrate: 0, loss: 0, framesPerSecond: 0, dropped: 0 });
		expect(receivedFigures('5', still, still)).toBeNull();
	});
});

describe('the path', () => {
	const pair = (id: string, changes: Partial<Stat>) => ({ id, type: 'candidate-pair', ...changes });

	test('of the pair that the transport names', () => {
		const now = report(
			1,
			{ id: 'T', type: 'transport', selectedCandidatePairId: 'B' },
			pair('A', { state: 'succeeded', nominated: true, currentRoundTripTime: 1 }),
			pair('B', { currentRoundTripTime: 0.025, availableOutgoingBitrate: 3e6 }),
		);
		expect(pathFigures(now)).toEqual({ rtt: 25, available: 3e6, protocol: null });
	});

	test('of the pair in use, where nobody names it; and none', () => {
		const now = report(
			1,
			pair('A', { state: 'failed', currentRoundTripTime: 1 }),
			pair('B', { state: 'succeeded', nominated: true, currentRoundTripTime: 0.1 }),
		);
		expect(pathFigures(now)).toEqual({ rtt: 100, available: null, protocol: null });
		expect(pathFigures(report(1))).toEqual({ rtt: null, available: null, protocol: null });
	});
});
