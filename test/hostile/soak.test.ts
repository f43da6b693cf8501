import { afterAll, beforeAll, expect, test } from 'vitest';
import { isRepetition } from './run.ts';
import { sample, soakDownloads, soakJoins, type Sample } from '../support/soak.ts';
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

const names = ['descriptors', 'resources', 'timers'] as const;
/** How long timers of budgets and kept connections may take to end by themselves, in ms. What is left behind stays. */
const patience = 30_000;

/** The same is held at the end as at the beginning. Memory is for `npm run load:soak`. */
async function expectFlat(samples: Sample[]): Promise<void> {
	const first = samples[0];
	let last = samples.at(-1);
	if (!first || !last) throw new Error('nothing was looked at');
	const end = performance.now() + patience;
	const isMore = (now: Sample) => names.some((name) => now[name] > first[name] + few[name]);
	while (isMore(last) && performance.now() < end) last = await sample(service, last.after);
	expect(kept(last)).toEqual(kept(first));
	for (const name of names) expect(last[name], name).toBeLessThanOrEqual(first[name] + few[name]);
	expect(service.errors()).toEqual([]);
}

test.skipIf(isRepetition)(
	'joins and leaves leave no descriptor, timer, handle or row behind',
	async () => {
		await expectFlat(await soakJoins(service, { times: 200, samples: 1 }));
	},
	120_000,
);

test.skipIf(isRepetition)(
	'A-C2: downloads that are broken off leave no descriptor, timer, handle or row behind',
	async () => {
		await expectFlat(await soakDownloads(service, { times: 100, samples: 1 }));
	},
	120_000,
);
