import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MutedSpeech } from '#lib/features/call/engine/devices/mutedSpeech.ts';
import { SpeechDetector } from '#lib/features/call/engine/devices/speech.ts';

/** How often loudness is measured, in milliseconds. */
const pause = 66;
/** Loudness over time: of so many milliseconds each. */
const course = (...parts: [level: number, length: number][]) =>
	parts.flatMap(([level, length]) => Array.from({ length: length / pause }, () => level));
/** Syllables and what is between them. */
const words = (count: number) =>
	Array.from({ length: count }, () => course([0.6, 200], [0.3, 132])).flat();

describe('telling speech from other sounds', () => {
	test.each([
		['silence', course([0, 3000]), false],
		['a quiet room', course([0.2, 3000]), false],
		['an even noise', course([0.55, 5000]), false],
		['a noise that grows slowly', course([0.4, 2000], [0.45, 2000], [0.5, 2000]), false],
		['a knock', course([0.1, 1000], [0.9, 132], [0.1, 2000]), false],
		['typing', course([0.1, 500]).concat(...Array(8).fill(course([0.6, 66], [0.1, 330]))), false],
		['a sentence', [...course([0.1, 500]), ...words(6)], true],
		['a sentence in a noise', [...course([0.4, 3000]), ...words(6)], true],
		['someone who was speaking already', words(8), true],
	])('%s: %s', (_, levels, expected) => {
		const detector = new SpeechDetector();
		const heard = levels.map((level, at) => detector.hears(level, at * pause));
		expect(heard.includes(true)).toBe(expected);
	});

	test('it ends with the last word', () => {
		const detector = new SpeechDetector();
		const levels = [...course([0.1, 500]), ...words(6), ...course([0.1, 1500])];
		const heard = levels.map((level, at) => detector.hears(level, at * pause));
		expect(heard.at(-1)).toBe(false);
	});
});

describe('the hint to who speaks while muted', () => {
	class Track {
		enabled = false;
		live = true;
		readonly copies: Track[] = [];
		clone(): Track {
			const copy = new Track();
			copy.enabled = this.enabled;
			this.copies.push(copy);
			return copy;
		}
		stop(): void {
			this.live = false;
		}
	}

	beforeEach(() => vi.useFakeTimers());
	afterEach(() => vi.useRealTimers());

	function setUp() {
		const told: boolean[] = [];
		const metered: { track: Track; tell: (level: number) => void; ended: boolean }[] = [];
		const audio = {
			meter: (track: MediaStreamTrack, tell: (level: number) => void) => {
				const entry = { track: track as MediaStreamTrack & Track, tell, ended: false };
				metered.push(entry);
				return () => void (entry.ended = true);
			},
		};
		const speech = new MutedSpeech(audio, (speaking) => told.push(speaking));
		const track = new Track();
		const listen = (to: Track | null) => speech.listen(to as (MediaStreamTrack & Track) | null);
		const hear = (levels: readonly number[]) => {
			for (const level of levels) {
				vi.advanceTimersByTime(pause);
				metered.at(-1)?.tell(level);
			}
		};
		return { told, metered, track, listen, hear };
	}

	test('listens to a copy that is not silent, and leaves the silent track alone', () => {
		const { metered, track, listen } = setUp();
		listen(track);
		expect([metered[0]?.track === track.copies[0], track.copies[0]?.enabled]).toEqual([true, true]);
		expect(track.enabled).toBe(false);
		listen(track);
		expect(track.copies).toHaveLength(1);
	});

	test('comes with speech, stays for some seconds, and goes', () => {
		const { told, track, listen, hear } = setUp();
		listen(track);
		hear([...course([0.1, 500]), ...words(6)]);
		expect(told).toEqual([true]);
		hear(course([0.1, 2000]));
		expect(told).toEqual([true]);
		hear(course([0.1, 4000]));
		expect(told).toEqual([true, false]);
	});

	test('is over with the mute, and the copy is let go', () => {
		const { told, metered, track, listen, hear } = setUp();
		listen(track);
		hear([...course([0.1, 500]), ...words(6)]);
		listen(null);
		expect(told).toEqual([true, false]);
		expect([metered[0]?.ended, track.copies[0]?.live, track.live]).toEqual([true, false, true]);
		vi.advanceTimersByTime(10_000);
		expect(told).toEqual([true, false]);
	});
});
