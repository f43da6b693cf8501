import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backlog } from '../../../sfu/rooms/backlog.ts';

const log = pino({ level: 'silent' });
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('one task after the other, and the next only when the one before is done', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	backlog.add(async () => {
		await new Promise((resolve) => setTimeout(resolve, 100));
		done.push('slow');
	});
	backlog.add(async () => void done.push('quick'));
	await vi.advanceTimersByTimeAsync(50);
	expect(done).toEqual([]);
	await vi.advanceTimersByTimeAsync(50);
	expect(done).toEqual(['slow', 'quick']);
});

test('a task that fails is tried again, before those behind it', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	let failures = 3;
	backlog.add(async () => {
		if (failures-- > 0) throw new Error('the database is away');
		done.push('first');
	});
	backlog.add(async () => void done.push('second'));
	await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 3_999);
	expect(done).toEqual([]);
	await vi.advanceTimersByTimeAsync(1);
	expect(done).toEqual(['first', 'second']);
});

test('what fails for minutes is given up, and the rest goes on', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	backlog.add(() => Promise.reject(new Error('never')));
	backlog.add(async () => void done.push('second'));
	await vi.advanceTimersByTimeAsync(300_000);
	expect(done).toEqual(['second']);
});

test('closing tries what waits once more, does not wait, and takes nothing more', async () => {
	const backlog = new Backlog(log);
	let attempts = 0;
	backlog.add(async () => {
		attempts++;
		throw new Error('the database is away');
	});
	await vi.advanceTimersByTimeAsync(0);
	await backlog.close();
	expect(attempts).toBe(2);
	backlog.add(async () => void attempts++);
	await vi.advanceTimersByTimeAsync(100_000);
	expect(attempts).toBe(2);
	expect(vi.getTimerCount()).toBe(0);
});
