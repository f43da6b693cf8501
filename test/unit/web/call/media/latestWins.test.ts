import { describe, expect, test } from 'vitest';
import { LatestWins } from '#lib/features/call/engine/media/latestWins.ts';

const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('applying only the latest', () => {
	test('values never overlap, those that were overtaken are skipped, the last one wins', async () => {
		const applied: number[] = [];
		let running = 0;
		const latest = new LatestWins<number>(async (value) => {
			expect(++running).toBe(1);
			await tick();
			applied.push(value);
			running--;
		});
		void latest.set(1);
		void latest.set(2);
		void latest.set(3);
		await tick();
		await latest.set(4);
		expect(applied[0]).toBe(1);
		expect(applied).not.toContain(2);
		expect(applied.at(-1)).toBe(4);
	});

	test('a step that fails does not stop the next', async () => {
		const applied: string[] = [];
		const latest = new LatestWins<string>(async (value) => {
			await tick();
			if (value === 'bad') throw new Error('refused');
			applied.push(value);
		});
		void latest.set('bad');
		await latest.set('good');
		expect(applied).toEqual(['good']);
		await latest.set('better');
		expect(applied).toEqual(['good', 'better']);
	});

	test('what waits at the end is forgotten', async () => {
		const applied: number[] = [];
		const latest = new LatestWins<number>(async (value) => {
			await tick();
			applied.push(value);
		});
		const done = latest.set(1);
		void latest.set(2);
		latest.close();
		await done;
		expect(applied).toEqual([1]);
	});
});
