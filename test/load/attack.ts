/**
 * What an attack costs somebody who has nothing to do with it: `npm run load:attack` (`--seconds 4`, `--only "new guests"`).
 *
 * For each attack a service, a bystander and an attacker run, each in a process of its own, the last two at other addresses.
 * The bystander measures the round trip of a cheap request and of a post: before the attack, during it, after it, and beside a
 * burner, a process that sends nothing and keeps as much of a core busy as the attacker did. p50 and p95 are printed, and the ratio
 * of those during the attack to those beside the burner.
 *
 * An attack is bearable if the median during it is at most 1.2 times that beside the burner, or at most 2 ms longer, and if the
 * main thread of the service used at most a quarter of a core for the attack and the bystander together.
 * On a machine with few cores p95 tells how the system gave time to three processes, so that it is printed and not judged. What the
 * service did for the attacker is its CPU time, which does not depend on who else runs, so that it is judged in its place.
 *
 * Nothing else should run on the machine.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Watched } from '../support/watched.ts';
import { attacks } from './attack/attacks.ts';
import { percentile } from './percentiles.ts';
import { processUse } from './processUse.ts';

const { values } = parseArgs({
	options: { seconds: { type: 'string', default: '4' }, only: { type: 'string', default: '' } },
});
const ms = Math.min(60, Math.max(1, Number(values.seconds))) * 1000;
/** How long a part of the measurement may take beyond its time, in ms. */
const patience = 60_000;
const most = 1.2;
/** What nobody can feel, in ms. */
const unfelt = 2;
/** How much of a core the main thread of the service may use during an attack. */
const mostShare = 0.25;

type Times = { requests: number[]; posts: number[] };

const program = (name: string, ...given: string[]): ChildProcess =>
	fork(join(import.meta.dirname, 'attack', name), given);

const heard = async (child: ChildProcess): Promise<unknown> => {
	const [said] = (await once(child, 'message', { signal: AbortSignal.timeout(patience) })) as [
		unknown,
	];
	return said;
};

/** What the bystander measures meanwhile. */
async function measured(bystander: ChildProcess): Promise<Times> {
	const times = heard(bystander);
	bystander.send(ms);
	return (await times) as Times;
}

/** The same while another process does something, and how much of a core that process had. */
async function beside(service: Watched, bystander: ChildProcess, what: string) {
	const other = program('attacker.ts', service.url, what, String(ms));
	try {
		await heard(other);
		const served = processUse(service.pid);
		const done = heard(other);
		other.send('go');
		const times = await measured(bystander);
		const used = service.alive ? processUse(service.pid) : served;
		const { share, count } = (await done) as { share: number; count: number };
		const shares = { service: (used.cpu - served.cpu) / ms, main: (used.main - served.main) / ms };
		return { times, shares, share, count };
	} finally {
		other.kill('SIGKILL');
	}
}

const figures = (times: readonly number[]) =>
	[0.5, 0.95].map((share) => percentile(times, share).toFixed(1).padStart(8)).join('');

/** How many times as long it took, at p50 and p95, and at which of them that can be felt. */
function compared(during: readonly number[], calm: readonly number[]) {
	const pairs = [0.5, 0.95].map(
		(share) => [percentile(during, share), percentile(calm, share)] as const,
	);
	return {
		ratios: pairs.map(([a, b]) => (a / b).toFixed(2).padStart(8)).join(''),
		felt: pairs.map(([a, b]) => a > b * most && a - b > unfelt),
	};
}

async function run(name: string): Promise<boolean> {
	const service = await Watched.start();
	const bystander = program('bystander.ts', service.url);
	try {
		await heard(bystander);
		const before = await measured(bystander);
		const { memory } = processUse(service.pid);
		const attack = await beside(service, bystander, name);
		if (!service.alive) {
			console.log(`\n${name}: THE SERVICE ${service.end.split('\n')[0]}`);
			return false;
		}
		await pause(500);
		const after = await measured(bystander);
		const grown = processUse(service.pid).memory - memory;
		const burner = await beside(service, bystander, `share:${attack.share.toFixed(2)}`);
		const errors = service.errors().length;
		console.log(
			`\n${name}: ${attack.count} times, by ${attack.share.toFixed(2)} of a core; the service used ` +
				`${attack.shares.service.toFixed(2)}, ${attack.shares.main.toFixed(2)} of it on its main thread, and ${grown.toFixed(0)} MB more${errors > 0 ? `; KINDS OF ERRORS IN THE LOG: ${errors}` : ''}`,
		);
		let bearable = errors === 0 && attack.shares.main <= mostShare;
		for (const kind of ['requests', 'posts'] as const) {
			const { ratios, felt } = compared(attack.times[kind], burner.times[kind]);
			const [atMedian = false, atP95 = false] = felt;
			bearable &&= !atMedian;
			const columns = [before, attack.times, after, burner.times].map((times) =>
				figures(times[kind]),
			);
			console.log(
				`  ${kind.padEnd(10)}${columns.join('  ')}  ${ratios}${atP95 ? '  p95 IS FELT' : ''}`,
			);
		}
		if (!bearable) console.log('  NOT BEARABLE');
		return bearable;
	} finally {
		bystander.kill('SIGKILL');
		await service.close();
	}
}

const names = Object.keys(attacks).filter((name) => name.includes(values.only));
console.log(
	`p50 and p95 in ms: before, during, after, and beside a burner; then the ratio of during to the last`,
);
const unbearable: string[] = [];
for (const name of names) {
	try {
		if (!(await run(name))) unbearable.push(name);
	} catch (error) {
		console.log(`\n${name}: could not be measured: ${String(error)}`);
		unbearable.push(name);
	}
}
console.log(
	unbearable.length === 0
		? `\nNo attack cost a bystander more than ${most} times the median, or the main thread more than ${mostShare} of a core.`
		: `\nToo much: ${unbearable.join('; ')}.`,
);
process.exitCode = unbearable.length === 0 ? 0 : 1;
