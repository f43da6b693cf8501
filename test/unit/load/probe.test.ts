import { expect, test } from 'vitest';
import { voice } from '../../load/bots/fakeMedia.ts';
import { stamp, stampGrid } from '../../load/bots/stamp.ts';
import { ShownPictures, type ShownPicture } from '../../load/probe/shownPictures.ts';
import { SoundWatch } from '../../load/probe/soundWatch.ts';

const begin = Date.UTC(2031, 4, 5, 6, 7, 8);

/** The cells of a picture with this time. */
function cellsOf(time: number): string {
	const { columns, rows, cellsHigh } = stampGrid;
	const picture = { width: columns, height: cellsHigh, data: new Uint8Array(columns * cellsHigh) };
	stamp(picture, time);
	return [...picture.data.subarray(0, columns * rows)]
		.map((luma) => (luma > 126 ? '1' : '0'))
		.join('');
}

/** What is found in so many seconds of a bot's voice that came this much late, of which these ms are silent. */
function listen(seconds: number, late: number, missing: readonly [from: number, to: number]) {
	const rate = 48_000;
	const second = Float32Array.from(voice(), (sample) => sample / 32_768);
	const [beeps, gaps]: [number[], number[]] = [[], []];
	const watch = new SoundWatch(rate, {
		beep: (at) => beeps.push(at - begin),
		gap: (ms) => gaps.push(ms),
	});
	const quantum = 128;
	for (let at = 0; at < seconds * rate; at += quantum) {
		const samples = Float32Array.from({ length: quantum }, (_, index) => {
			const ms = ((at + index) * 1000) / rate;
			const [from, to] = missing;
			return ms >= from && ms < to ? 0 : (second[(at + index) % rate] ?? 0);
		});
		watch.take(samples, begin + late + (at * 1000) / rate);
	}
	return { beeps, gaps };
}

test('the beep at the begin of each second is found, to a few ms, and nothing else for one', () => {
	const { beeps, gaps } = listen(4, 123, [0, 0]);
	expect(beeps).toHaveLength(4);
	for (const [second, at] of beeps.entries())
		expect(Math.abs(at - 1000 * second - 123)).toBeLessThan(6);
	expect(gaps).toEqual([]);
});

test('sound that is missing is a gap, and a microphone that was off is none', () => {
	const { gaps } = listen(2, 0, [1200, 1400]);
	expect(gaps).toHaveLength(1);
	expect(Math.abs((gaps[0] ?? 0) - 200)).toBeLessThan(11);
	expect(listen(5, 0, [1200, 4400]).gaps).toEqual([]);
	// Before the first sound nothing was missing.
	expect(listen(2, 0, [0, 900]).gaps).toEqual([]);
});

test('the code of what listens is whole by itself, for the worklet gets nothing else', () => {
	const make = new Function(`return ${SoundWatch.toString()}`) as () => typeof SoundWatch;
	const beeps: number[] = [];
	const watch = new (make())(48_000, { beep: (at) => beeps.push(at), gap: () => undefined });
	watch.take(
		Float32Array.from(voice(), (sample) => sample / 32_768),
		begin,
	);
	expect(beeps).toEqual([begin]);
});

/** Pictures of a stream that were shown at these ms, each of them 80 ms old. */
const shown = (stream: number, ...at: number[]): ShownPicture[] =>
	at.map((ms, index) => [stream, begin + ms, index, cellsOf(begin + ms - 80)]);

test('the age of pictures is read from their cells, where they are whole', () => {
	const pictures = new ShownPictures(100);
	pictures.take([...shown(0, 0, 100, 200), [1, begin, 0, '01'.repeat(24)]], [0, 1]);
	expect(pictures.delays).toEqual([80, 80, 80]);
	expect(pictures.streams).toBe(1);
	expect(pictures.freezes).toEqual([]);
});

test('a picture that stands 200 ms longer than the camera has it is a freeze', () => {
	const pictures = new ShownPictures(100);
	pictures.take(shown(0, 0, 100, 390, 700), [0]);
	expect(pictures.freezes).toEqual([310]);
	pictures.end(begin + 1700);
	expect(pictures.freezes).toEqual([310, 1000]);
	expect(pictures.watched).toBe(1700);
});

test('a stream that is over, and a page too busy to tell of each picture, make no freeze', () => {
	const pictures = new ShownPictures(100);
	pictures.take(shown(0, 0, 100), []);
	pictures.take(shown(1, 5000), [1]);
	// Four pictures later.
	pictures.take([[1, begin + 5500, 4, cellsOf(begin)]], [1]);
	pictures.end(begin + 5600);
	expect(pictures.freezes).toEqual([]);
});
