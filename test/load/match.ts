/**
 * How long it takes to pair all who wait: `npm run load:match`. Nobody is served: this is the pure function alone, first
 * with people of all kinds of wishes, of whom some have met or blocked each other, then with crowds that are hard to pair. Each
 * size is measured 15 times after it was warmed up; the crowd is another one each time, and the same in each run of this
 * program. The time at work is what the thread had of a core: on a busy machine the clock tells more about the others.
 */
import { pairUp } from '../../sfu/matching/pair.ts';
import { crowds, crowdTime, type Chance } from '../support/crowds.ts';
import { heading, line } from './percentiles.ts';

const sizes = [1_000, 5_000, 10_000, 20_000] as const;
const rounds = 15;

/** A small generator of Lehmer's kind. */
function chanceOf(seed: number): Chance {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

console.log(`ms to pair all who wait\n${heading}`);
const growth: string[] = [];
for (const [name, crowdOf] of Object.entries(crowds)) {
	console.log(name);
	const means: number[] = [];
	for (const size of sizes) {
		const [clock, thread]: [number[], number[]] = [[], []];
		let paired = 0;
		for (let round = -3; round < rounds; round++) {
			const { waiters, known } = await crowdOf(size, chanceOf(size + round + 100));
			const [used, began] = [process.threadCpuUsage(), performance.now()];
			const pairs = pairUp(waiters, known, crowdTime);
			const took = performance.now() - began;
			const { user, system } = process.threadCpuUsage(used);
			if (round >= 0) {
				clock.push(took);
				thread.push((user + system) / 1000);
			}
			paired = pairs.length * 2;
		}
		// On some systems the time at work is counted in steps of milliseconds: its mean is finer than its median.
		means.push(thread.reduce((sum, ms) => sum + ms, 0) / rounds);
		console.log(`${line(`  ${size}, by the clock`, clock)}   ${paired} paired`);
		console.log(line(`  ${size}, at work`, thread));
	}
	const [, at5000 = 1, , at20000 = 0] = means;
	growth.push(
		`${name.padEnd(36)}${(at20000 / at5000).toFixed(1).padStart(5)}${at20000.toFixed(1).padStart(9)} ms`,
	);
}
console.log(`\nfrom 5000 to 20000, four times as many: times the work, and the mean of it`);
console.log(growth.join('\n'));
