import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SlowMode } from '#lib/features/chat/engine/composer/slowMode.ts';

let isHost = false;
let slowMode: SlowMode;
let told = 0;
beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 });
	[isHost, told] = [false, 0];
	slowMode = new SlowMode(() => isHost);
	slowMode.watch(() => told++);
});
afterEach(() => {
	slowMode.close();
	vi.useRealTimers();
});

const left = () => Math.max(0, (slowMode.pace?.freeAt ?? 0) - Date.now());

test('the next message may be sent after the interval, which is told', () => {
	slowMode.opened({ slowMode: 10, wait: 0 });
	expect(slowMode.isWaiting).toBe(false);
	slowMode.sent();
	expect(left()).toBe(10_000);
	const before = told;
	vi.advanceTimersByTime(9999);
	expect([slowMode.isWaiting, told]).toEqual([true, before]);
	vi.advanceTimersByTime(1);
	expect([slowMode.isWaiting, told]).toEqual([false, before + 1]);
});

test('a page that is loaded again goes on waiting, as the server says', () => {
	slowMode.opened({ slowMode: 60, wait: 45_000 });
	expect(left()).toBe(45_000);
	vi.advanceTimersByTime(45_000);
	expect(slowMode.isWaiting).toBe(false);
});

test('another interval counts from the last message on, and none ends the waiting', () => {
	slowMode.opened({ slowMode: 60, wait: 0 });
	slowMode.sent();
	vi.advanceTimersByTime(2000);
	slowMode.changed(10);
	expect(left()).toBe(8000);
	slowMode.changed(0);
	expect(slowMode.pace).toBeNull();
	slowMode.changed(300);
	expect(left()).toBe(298_000);
});

test('a refusal says how long to wait, and a message that failed need not be waited for', () => {
	slowMode.opened({ slowMode: 30, wait: 0 });
	slowMode.refused(7000);
	expect(left()).toBe(7000);
	slowMode.failed();
	expect(slowMode.isWaiting).toBe(false);
});

test('hosts are not slowed, from the moment they are hosts', () => {
	slowMode.opened({ slowMode: 30, wait: 0 });
	slowMode.sent();
	isHost = true;
	slowMode.tell();
	expect(slowMode.pace).toBeNull();
});
