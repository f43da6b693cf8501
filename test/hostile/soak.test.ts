import { afterAll, beforeAll, expect, test } from 'vitest';
import { soakDownloads, soakJoins, type Sample } from '../support/soak.ts';
import { Watched } from '../support/watched.ts';

let service: Watched;
beforeAll(async () => {
	service = await Watched.start();
});
afterAll(() => service.close());

/** What is kept of every call: who was in it when, and the lines about it in the chat. */
const record = [
	'calls',
	'call_participants',
	'messages',
	'message_search_data',
	'message_search_idx',
];

/** What must be no more at the end than at the beginning. Memory is for `npm run load:soak`. */
const held = ({ descriptors, resources, rows }: Sample) => ({
	descriptors,
	resources,
	rows: Object.fromEntries(Object.entries(rows).filter(([table]) => !record.includes(table))),
});

/** Timers of budgets end by themselves within seconds or minutes. */
const fewTimers = 8;

function expectFlat(samples: Sample[]): void {
	const [first, last] = [samples[0], samples.at(-1)];
	if (!first || !last) throw new Error('nothing was looked at');
	expect(held(last)).toEqual(held(first));
	expect(last.timers).toBeLessThanOrEqual(first.timers + fewTimers);
	expect(service.errors()).toEqual([]);
}

test('joins and leaves leave no descriptor, timer, handle or row behind', async () => {
	expectFlat(await soakJoins(service, { times: 200, samples: 1 }));
}, 60_000);

test('A-C2: downloads that are broken off leave no descriptor, timer, handle or row behind', async () => {
	expectFlat(await soakDownloads(service, { times: 100, samples: 1 }));
}, 60_000);
