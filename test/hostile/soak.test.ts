import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRepetition } from './run.ts';
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

const kept = ({ rows }: Sample) =>
	Object.fromEntries(Object.entries(rows).filter(([table]) => !record.includes(table)));

/** What may come and go at any moment: connections that are kept for a while, timers of budgets. */
const few = { descriptors: 4, resources: 4, timers: 8 };

/** The same is held at the end as at the beginning. Memory is for `npm run load:soak`. */
function expectFlat(samples: Sample[]): void {
	const [first, last] = [samples[0], samples.at(-1)];
	if (!first || !last) throw new Error('nothing was looked at');
	expect(kept(last)).toEqual(kept(first));
	for (const name of ['descriptors', 'resources', 'timers'] as const)
		expect(last[name], name).toBeLessThanOrEqual(first[name] + few[name]);
	expect(service.errors()).toEqual([]);
}

test.skipIf(isRepetition)(
	'joins and leaves leave no descriptor, timer, handle or row behind',
	async () => {
		expectFlat(await soakJoins(service, { times: 200, samples: 1 }));
	},
	120_000,
);

test.skipIf(isRepetition)(
	'A-C2: downloads that are broken off leave no descriptor, timer, handle or row behind',
	async () => {
		expectFlat(await soakDownloads(service, { times: 100, samples: 1 }));
	},
	120_000,
);
