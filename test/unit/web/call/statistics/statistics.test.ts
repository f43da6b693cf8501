import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newPeerId, newProducerId } from '#shared/ids.ts';
import type { Stat } from '#lib/features/call/engine/statistics/statReport.ts';
import type { Statistics } from '#lib/features/call/engine/statistics/statisticsModel.ts';
import {
	StatisticsWatch,
	type Measurable,
} from '#lib/features/call/engine/statistics/statistics.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A call that sends a microphone and receives a camera, a kilobyte a second each. */
function setUp() {
	const [own, theirs, peerId] = [newProducerId(), newProducerId(), newPeerId()];
	const told: (Statistics | null)[] = [];
	let asked = 0;
	const stay = (): Measurable => ({
		getStats: async () => {
			const second = ++asked;
			const base = { timestamp: second * 1000 };
			const send: Stat[] = [
				{
					...base,
					id: 'o',
					type: 'outbound-rtp',
					kind: 'audio',
					mid: '0',
					bytesSent: second * 1000,
				},
			];
			const recv: Stat[] = [
				{
					...base,
					id: 'i',
					type: 'inbound-rtp',
					kind: 'video',
					mid: '1',
					bytesReceived: second * 1000,
					framesDecoded: second * 25,
				},
			];
			return [send, recv];
		},
		sent: () => [{ producerId: own, source: 'microphone', mid: '0', demand: undefined }],
		received: () => (gone ? [] : [{ producerId: theirs, peerId, mid: '1' }]),
	});
	let current: Measurable | null = stay();
	let gone = false;
	const watch = new StatisticsWatch({
		measurable: () => current,
		sourceOf: () => 'camera',
		expected: () => true,
		tell: (statistics) => told.push(statistics),
	});
	return {
		watch,
		told,
		own,
		theirs,
		peerId,
		asked: () => asked,
		startOver: () => (current = stay()),
		end: () => (gone = true),
	};
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

test('nothing is measured while nobody looks', async () => {
	const { watch, told, asked } = setUp();
	await seconds(5);
	expect(asked()).toBe(0);
	const [first, second] = [watch.watch(), watch.watch()];
	await seconds(3.5);
	first();
	first();
	await seconds(1);
	const before = asked();
	expect(before).toBeGreaterThanOrEqual(4);
	expect(told.at(-1)).not.toBeNull();
	second();
	await seconds(5);
	expect(asked()).toBe(before);
	expect(told.at(-1)).toBeNull();
});

test('each stream with its last two minutes, and both paths', async () => {
	const { watch, told, own, theirs, peerId } = setUp();
	watch.watch();
	await seconds(150);
	const last = told.at(-1);
	expect(last?.streams.map(({ key, peerId: whose, source }) => [key, whose, source])).toEqual([
		[own, null, 'microphone'],
		[theirs, peerId, 'camera'],
	]);
	const [sent, received] = last?.streams ?? [];
	expect(sent?.history.bitrate).toEqual(Array(120).fill(8000));
	expect(sent?.history.framesPerSecond).toEqual(Array(120).fill(null));
	expect(received?.history.framesPerSecond).toEqual(Array(120).fill(25));
	expect(last?.verdict).toBeNull();
	watch.close();
});

test('what is not received any more is gone, and a new stay is not compared with the last', async () => {
	const { watch, told, own, startOver, end } = setUp();
	watch.watch();
	await seconds(3.5);
	const before = told.length;
	end();
	startOver();
	await seconds(1);
	expect(told).toHaveLength(before);
	await seconds(1);
	expect(told.at(-1)?.streams.map(({ key }) => key)).toEqual([own]);
	watch.close();
});
