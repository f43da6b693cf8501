import { expect, test } from 'vitest';
import { layersWords, sizeWords } from '#lib/features/call/text/statistics.text.ts';
import {
	bitrateWords,
	bytesWords,
	countWords,
	millisecondsWords,
	shareWords,
} from '#lib/language/figures.text.ts';

test.each([
	[bitrateWords(null), '–'],
	[bitrateWords(0), '0 kb/s'],
	[bitrateWords(149_600), '150 kb/s'],
	[bitrateWords(1_234_567), '1.23 Mb/s'],
	[shareWords(null), '–'],
	[shareWords(0.0213), '2.1%'],
	[millisecondsWords(31), '31 ms'],
	[bytesWords(17_248_256), '17 MB'],
	[bytesWords(1_500_000_000), '1.5 GB'],
	[countWords(14.7), '15'],
	[countWords(null), '–'],
	[sizeWords({ width: 640, height: 360 }), '640 × 360'],
	[sizeWords({ width: 0, height: 0 }), '–'],
	[sizeWords({ width: null, height: null }), '–'],
])('%s is said as %s', (said, words) => {
	expect(said).toBe(words);
});

test('the heights of what is sent now', () => {
	const layer = { bitrate: 1, framesPerSecond: 15, width: 0 };
	const layers = [
		{ ...layer, layer: 0, height: 180, active: true },
		{ ...layer, layer: 1, height: 360, active: true },
		{ ...layer, layer: 2, height: 720, active: false },
	];
	expect(layersWords({ layers })).toBe('180 + 360');
	expect(layersWords({ layers: [] })).toBe('–');
});
