import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InOrder } from '../../../sfu/chat/inOrder.ts';
import { newRoomId } from '../../../shared/ids.ts';

let order: InOrder;
beforeEach(() => {
	vi.useFakeTimers();
	order = new InOrder();
});
afterEach(() => {
	order.close();
	vi.useRealTimers();
});

const key = { roomId: newRoomId(), pair: null };

function telling() {
	const told: number[] = [];
	const take = (first: number, last = first) => order.add(key, first, last, () => told.push(first));
	return { told, take };
}

test('changes are told in the order of their revisions', () => {
	const { told, take } = telling();
	take(7);
	take(11);
	take(9, 10);
	expect(told).toEqual([7]);
	take(8);
	expect(told).toEqual([7, 8, 9, 11]);
	expect(vi.getTimerCount()).toBe(0);
});

test('a revision that does not come is given up, and what comes after it goes on', () => {
	const { told, take } = telling();
	take(1);
	take(4);
	take(3);
	vi.advanceTimersByTime(499);
	expect(told).toEqual([1]);
	vi.advanceTimersByTime(1);
	expect(told).toEqual([1, 3, 4]);
	take(5);
	expect(told).toEqual([1, 3, 4, 5]);
	// It is late, and told all the same.
	take(2);
	expect(told).toEqual([1, 3, 4, 5, 2]);
});

test('what comes first in a chat waits for what is missing since the chat was opened', () => {
	const { told, take } = telling();
	order.know(key, 4);
	take(6);
	expect(told).toEqual([]);
	take(5);
	expect(told).toEqual([5, 6]);
	order.know(key, 0);
	take(7);
	expect(told).toEqual([5, 6, 7]);
});

test('each chat has an order of its own', () => {
	const { told, take } = telling();
	take(1);
	order.add({ roomId: newRoomId(), pair: null }, 40, 40, () => told.push(40));
	take(3);
	expect(told).toEqual([1, 40]);
});

test('what is closed tells nothing more', () => {
	const { told, take } = telling();
	take(1);
	take(3);
	order.close();
	vi.advanceTimersByTime(1_000);
	expect(told).toEqual([1]);
});
