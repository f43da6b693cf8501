import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetworkPace } from '../../../sfu/platform/networkPace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const one = '192.0.2.0/24';
const other = '198.51.100.0/24';
const pace = () => new NetworkPace({ workPerAddress: 100 });
const nothing = () => undefined;

test('SERVICE-6: a network that has spent a second of work waits, in its order, and no other network does', () => {
	const paced = pace();
	const started: string[] = [];
	for (let index = 0; index < 20; index++) paced.take(one, 10, () => started.push(`${index}`));
	expect(started).toHaveLength(10);
	paced.take(other, 10, () => started.push('other'));
	expect(started.at(-1)).toBe('other');
	vi.advanceTimersByTime(500);
	expect(started.length).toBeGreaterThanOrEqual(14);
	expect(started.length).toBeLessThanOrEqual(17);
	vi.advanceTimersByTime(1_000);
	const own = started.filter((name) => name !== 'other');
	expect(own).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
	expect(vi.getTimerCount()).toBe(0);
});

test('SERVICE-6: over a minute a network gets its share of work and one second more, however much it asks for', () => {
	const paced = pace();
	let done = 0;
	for (let ms = 0; ms < 60_000; ms += 100) {
		for (let count = 0; count < 20; count++) paced.take(one, 10, () => (done += 10));
		vi.advanceTimersByTime(100);
	}
	expect(done).toBeGreaterThan(6_000);
	expect(done).toBeLessThan(6_150);
});

test('SERVICE-6: work beyond three seconds is not taken and never starts, until some of it has had its turn', () => {
	const paced = pace();
	for (let count = 0; count < 40; count++) expect(paced.take(one, 10, nothing)).not.toBeNull();
	const start = vi.fn<() => void>();
	expect(paced.take(one, 10, start)).toBeNull();
	vi.advanceTimersByTime(500);
	expect(paced.take(one, 10, nothing)).not.toBeNull();
	vi.advanceTimersByTime(10_000);
	expect(start).not.toHaveBeenCalled();
});

test('SERVICE-6: a turn that was given up never comes, makes room, and keeps no timer', () => {
	const paced = pace();
	paced.spend(one, 250);
	const start = vi.fn<() => void>();
	const giveUps = Array.from({ length: 30 }, () => paced.take(one, 10, start));
	expect(paced.take(one, 10, start)).toBeNull();
	for (const giveUp of giveUps) giveUp?.();
	expect(vi.getTimerCount()).toBe(0);
	vi.advanceTimersByTime(10_000);
	expect(start).not.toHaveBeenCalled();
	expect(paced.take(one, 10, start)).not.toBeNull();
	expect(start).toHaveBeenCalledOnce();
});

test('SERVICE-7: a network owes two seconds of work at most, whatever it has sent', () => {
	const paced = pace();
	expect(paced.spend(one, 1_000_000)).toBe(false);
	const start = vi.fn<() => void>();
	paced.whenFree(one, start);
	vi.advanceTimersByTime(1_900);
	expect(start).not.toHaveBeenCalled();
	vi.advanceTimersByTime(200);
	expect(start).toHaveBeenCalledOnce();
});

test('SERVICE-7: a socket gets its turn however much waits', () => {
	const paced = pace();
	while (paced.take(one, 10, nothing));
	const start = vi.fn<() => void>();
	paced.whenFree(one, start);
	vi.advanceTimersByTime(4_000);
	expect(start).toHaveBeenCalledOnce();
});
