import { expect, test } from 'vitest';
import { bothOrNone } from '../../../sfu/platform/bothOrNone.ts';

const closable = () => {
	const one = { closed: false, close: () => void (one.closed = true) };
	return one;
};

test('both are there, and open', async () => {
	const [first, second] = [closable(), closable()];
	expect(await bothOrNone(Promise.resolve(first), Promise.resolve(second))).toEqual([
		first,
		second,
	]);
	expect([first.closed, second.closed]).toEqual([false, false]);
});

test('where one fails, the other one is closed, though it comes later', async () => {
	const late = closable();
	const coming = new Promise<typeof late>((resolve) => setTimeout(() => resolve(late), 10));
	const failed = Promise.reject<typeof late>(new Error('no store'));
	await expect(bothOrNone(coming, failed)).rejects.toThrow('no store');
	expect(late.closed).toBe(true);
});

test('where both fail, the first one is told', async () => {
	const failing = (why: string) => Promise.reject<{ close(): void }>(new Error(why));
	await expect(bothOrNone(failing('no store'), failing('no worker'))).rejects.toThrow('no store');
});
