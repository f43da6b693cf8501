import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backlog } from '../../../sfu/platform/backlog.ts';
import { CodedError } from '../../../shared/errors.ts';
import { newPersonId } from '../../../shared/ids.ts';

const log = pino({ level: 'silent' });
const here = { lane: 'room', person: null };
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('one task after the other, and the next only when the one before is done', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	backlog.add(here, async () => {
		await new Promise((resolve) => setTimeout(resolve, 100));
		done.push('slow');
	});
	backlog.add(here, async () => void done.push('quick'));
	await vi.advanceTimersByTimeAsync(50);
	expect(done).toEqual([]);
	await vi.advanceTimersByTimeAsync(50);
	expect(done).toEqual(['slow', 'quick']);
});

test('a task that fails is tried again, before those behind it', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	let failures = 3;
	backlog.add(here, async () => {
		if (failures-- > 0) throw new Error('the database is away');
		done.push('first');
	});
	backlog.add(here, async () => void done.push('second'));
	await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 3_999);
	expect(done).toEqual([]);
	await vi.advanceTimersByTimeAsync(1);
	expect(done).toEqual(['first', 'second']);
});

test('what fails for minutes is given up, and the rest goes on', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	backlog.add(here, () => Promise.reject(new Error('never')));
	backlog.add(here, async () => void done.push('second'));
	await vi.advanceTimersByTimeAsync(300_000);
	expect(done).toEqual(['second']);
});

test('closing tries what waits once more, does not wait, and takes nothing more', async () => {
	const backlog = new Backlog(log);
	let attempts = 0;
	backlog.add(here, async () => {
		attempts++;
		throw new Error('the database is away');
	});
	await vi.advanceTimersByTimeAsync(0);
	await backlog.close();
	expect(attempts).toBe(2);
	backlog.add(here, async () => void attempts++);
	await vi.advanceTimersByTimeAsync(100_000);
	expect(attempts).toBe(2);
	expect(vi.getTimerCount()).toBe(0);
});

test('A-M13: the joins of one person leave out no record of another one', async () => {
	const backlog = new Backlog(log);
	const [busy, calm] = [newPersonId(), newPersonId()];
	const done = { busy: 0, calm: 0 };
	const open = Promise.withResolvers<void>();
	for (let i = 0; i < 30_000; i++)
		backlog.add({ lane: `room ${i % 300}`, person: busy }, async () => {
			await open.promise;
			done.busy++;
		});
	backlog.add({ lane: 'room 1', person: calm }, async () => void done.calm++);
	backlog.add({ lane: 'another room', person: calm }, async () => void done.calm++);
	open.resolve();
	await backlog.close();
	expect(done.calm).toBe(2);
	expect(done.busy).toBe(200);
});

test('A-M13: a record that cannot be written holds up those of its room only', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	backlog.add(here, () => Promise.reject(new Error('never')));
	backlog.add(here, async () => void done.push('behind it'));
	backlog.add({ lane: 'another', person: null }, async () => void done.push('elsewhere'));
	await vi.advanceTimersByTimeAsync(100);
	expect(done).toEqual(['elsewhere']);
	await vi.advanceTimersByTimeAsync(300_000);
	expect(done).toEqual(['elsewhere', 'behind it']);
});

test('a refusal that is final is not tried again', async () => {
	const backlog = new Backlog(log);
	let attempts = 0;
	backlog.add(here, () => {
		attempts++;
		return Promise.reject(new CodedError('REMOVED'));
	});
	await vi.advanceTimersByTimeAsync(300_000);
	expect(attempts).toBe(1);
});

test('A-L14: a task that is added when the one before ends is done without another one', async () => {
	const backlog = new Backlog(log);
	const done: string[] = [];
	for (let turns = 0; turns < 6; turns++) {
		const first = Promise.withResolvers<void>();
		backlog.add(here, () => first.promise);
		await vi.advanceTimersByTimeAsync(0);
		first.resolve();
		// One more turn of the microtasks each time: one of them falls between the last look and the end.
		for (let turn = 0; turn < turns; turn++) await Promise.resolve();
		backlog.add(here, async () => void done.push(`after ${turns}`));
		await vi.advanceTimersByTimeAsync(0);
		expect(done).toHaveLength(turns + 1);
	}
});

test('A-M5: closing ends at its deadline, whatever hangs', async () => {
	const backlog = new Backlog(log);
	backlog.add(here, () => new Promise(() => undefined));
	backlog.add(here, () => Promise.reject(new Error('behind it')));
	const deadline = new AbortController();
	let closed = false;
	const closing = backlog.close(deadline.signal).then(() => (closed = true));
	await vi.advanceTimersByTimeAsync(1_000);
	expect(closed).toBe(false);
	deadline.abort();
	await closing;
});
