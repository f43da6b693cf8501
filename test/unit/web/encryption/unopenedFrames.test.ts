import { expect, test } from 'vitest';
import { UnopenedFrames } from '#lib/encryption/unopenedFrames.ts';

test('a producer is unopened when its frames come for four seconds and none opens', () => {
	const frames = new UnopenedFrames();
	const second = (at: number, opened: number, failed: number) =>
		frames.note([{ source: 'camera', opened, failed }], at * 1000);
	const isUnopened = (at: number) => frames.isUnopened('camera', at * 1000);
	second(1, 0, 10);
	second(4, 0, 40);
	expect(isUnopened(4)).toBe(false);
	expect(isUnopened(5)).toBe(true);
	second(6, 1, 50);
	expect(isUnopened(20)).toBe(false);
	expect(frames.failed('camera')).toBe(50);
});

test('a producer whose frames stop, or of which one in many does not open, is not', () => {
	const frames = new UnopenedFrames();
	const note = (at: number, opened: number, failed: number) =>
		frames.note([{ source: 'camera', opened, failed }], at);
	note(0, 0, 10);
	note(1000, 0, 10);
	expect(frames.isUnopened('camera', 9000)).toBe(false);
	for (let at = 2000; at < 9000; at += 1000) note(at, at, at);
	expect(frames.isUnopened('camera', 9000)).toBe(false);
	note(10_000, 9000, 20_000);
	frames.note([], 11_000);
	expect(frames.isUnopened('camera', 30_000)).toBe(false);
	expect(frames.failed('camera')).toBe(0);
});
