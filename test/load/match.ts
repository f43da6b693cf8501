/**
 * How long it takes to pair all who wait: `npm run load:match`. Nobody is served: this is the pure function alone, with
 * people of all kinds of wishes, of whom some have met or blocked each other. Each size is measured 15 times after it
 * was warmed up; the crowd is another one each time, and the same in each run of this program. The time at work is what
 * the thread had of a core: on a busy machine the clock tells more about the others.
 */
import { pairUp, type Waiter } from '../../sfu/matching/pair.ts';
import { newPersonId } from '../../shared/ids.ts';
import { acquaintance, waiting } from '../support/waiters.ts';
import { heading, line, percentile } from './percentiles.ts';

const sizes = [1_000, 5_000, 10_000, 20_000];
const rounds = 15;
const now = 1_800_000_000_000;
const interests = Array.from({ length: 200 }, (_, index) => `interest ${index}`);
const languages = ['en', 'es', 'de', 'fr', 'pt', 'ja', 'ar', 'hi'];

/** A small generator of Lehmer's kind: the same numbers from the same seed. */
function generator(seed: number): () => number {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function crowd(size: number, random: () => number): Waiter[] {
	const below = (most: number) => Math.floor(random() * most);
	const waiters = Array.from({ length: size }, () => {
		const wished = random() < 0.6 ? 1 + below(5) : 0;
		return waiting(now, below(15_000), {
			personId: newPersonId(),
			place: random() < 0.7 ? `hall ${below(4)}` : 'text',
			interests: [...new Set(Array.from({ length: wished }, () => interests[below(200)] ?? ''))],
			language: random() < 0.4 ? (languages[below(8)] ?? null) : null,
		});
	});
	return waiters.sort((one, other) => one.since - other.since);
}

console.log(`ms to pair all who wait\n${heading}`);
const medians: number[] = [];
for (const size of sizes) {
	const [clock, thread]: [number[], number[]] = [[], []];
	let paired = 0;
	for (let round = -3; round < rounds; round++) {
		const random = generator(size + round + 100);
		const waiters = crowd(size, random);
		const some = () => waiters[Math.floor(random() * size)]?.personId ?? newPersonId();
		const pairsOf = (count: number) =>
			Array.from({ length: count }, () => [some(), some()] as const);
		const known = acquaintance(pairsOf(size), pairsOf(size * 2));
		const [used, began] = [process.threadCpuUsage(), performance.now()];
		const pairs = pairUp(waiters, known, now);
		const took = performance.now() - began;
		const { user, system } = process.threadCpuUsage(used);
		if (round >= 0) {
			clock.push(took);
			thread.push((user + system) / 1000);
		}
		paired = pairs.length * 2;
	}
	medians.push(percentile(thread, 0.5));
	console.log(`${line(`${size} waiting, by the clock`, clock)}   ${paired} paired`);
	console.log(line(`${size} waiting, at work`, thread));
}
const growth = (medians[3] ?? 0) / (medians[1] ?? 1);
console.log(`from 5000 to 20000, four times as many are ${growth.toFixed(1)} times the work`);
