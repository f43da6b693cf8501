import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Backoff, pauseBefore } from '#lib/connection/backoff.ts';

const pace = { first: 250, factor: 2, most: 5000 };

test('pauses grow up to the longest', () => {
	expect([0, 1, 2, 3, 4, 5, 9].map((attempt) => pauseBefore(pace, attempt))).toEqual([
		250, 500, 1000, 2000, 4000, 5000, 5000,
	]);
});

describe('waiting attempts', () => {
	beforeEach(() => void vi.useFakeTimers());
	afterEach(() => void vi.useRealTimers());

	test('there is one at a time', () => {
		const attempt = vi.fn();
		const backoff = new Backoff(pace);
		backoff.schedule(attempt);
		backoff.schedule(attempt);
		expect(backoff.waiting).toBe(true);
		vi.advanceTimersByTime(1000);
		expect(attempt).toHaveBeenCalledTimes(1);
		expect(backoff.waiting).toBe(false);
	});

	test('none is left after a reset, and the next pause is the first again', () => {
		const attempt = vi.fn();
		const backoff = new Backoff(pace);
		for (let i = 0; i < 6; i++) {
			backoff.schedule(attempt);
			vi.advanceTimersByTime(5000);
		}
		backoff.schedule(attempt);
		backoff.reset();
		expect(vi.getTimerCount()).toBe(0);
		attempt.mockClear();
		backoff.schedule(attempt);
		vi.advanceTimersByTime(250);
		expect(attempt).toHaveBeenCalledTimes(1);
	});
});
