/**
 * A node in a process of its own that claims and releases names at random, and writes down when it owned which. Its clock
 * is that of the machine, which all processes share.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import { CodedError } from '../../shared/errors.ts';
import { NodeLease, type LeaseTimes } from '../../sfu/nodes/nodeLease.ts';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { randomNumbers } from './randomNumbers.ts';

export type HolderSettings = {
	id: string;
	url: string;
	seed: number;
	names: string[];
	times: LeaseTimes;
	answerTimeout: number;
};

/** A time in which the holder was sure to own a name, in ms of the machine's monotonic clock. */
export type Owned = { holder: string; name: string; fence: number; from: number; to: number };

/** How often it got a name, and, where all is asked for, when it owned which. */
export type HolderReport = { claims: number; owned: Owned[] };

const now = () => Number(process.hrtime.bigint()) / 1e6;

/** Null where Redis does not answer in time. */
const orNull = <T>(asked: Promise<T>): Promise<T | null> =>
	asked.catch((error: unknown) => {
		if (error instanceof CodedError && error.code === 'UNAVAILABLE') return null;
		throw error;
	});

async function hold({ id, url, seed, names, times, answerTimeout }: HolderSettings): Promise<void> {
	const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
	const redis = await RedisConnection.open(url, log, answerTimeout);
	const state = {
		...{ url: '', version: '1', region: '', draining: false },
		...{ load: 0, workersCpu: 0, nodeCpu: 0, rooms: 0, begun: 0, peers: 0 },
	};
	const lease = new NodeLease(id, redis, () => state, log, times);
	const random = randomNumbers(seed);
	const owned: Owned[] = [];
	const current = new Map<string, Owned>();
	let claims = 0;

	/** It is the owner at the moment before it is asked: nothing else runs in between, not even after a pause. */
	const look = () => {
		for (const name of names) {
			const at = now();
			const fence = lease.fenceOf(name);
			const last = current.get(name);
			if (fence !== null && last?.fence === fence) last.to = at;
			else if (fence === null) current.delete(name);
			else {
				const begun = { holder: id, name, fence, from: at, to: at };
				current.set(name, begun);
				owned.push(begun);
			}
		}
	};
	setInterval(look, 1);
	const report = (all: boolean) =>
		process.send?.({ claims, owned: all ? owned : [] } satisfies HolderReport);
	process.on('message', (asked) => report(asked === 'all'));
	while (!(await orNull(lease.begin()))) await wait(20);
	report(false);
	for (;;) {
		await wait(random() * 40);
		const name = names[Math.floor(random() * names.length)] ?? '';
		if (lease.fenceOf(name) === null) {
			if ((await orNull(lease.claim(name)))?.isOurs) claims += 1;
		} else if (random() < 0.2) await lease.release(name);
		look();
	}
}

process.once('disconnect', () => process.exit());
await hold(JSON.parse(process.argv[2] ?? '') as HolderSettings);
