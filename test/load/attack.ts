/**
 * What an attack costs somebody who has nothing to do with it: `npm run load:attack` (`--seconds 4`, `--only "new guests"`).
 *
 * For each attack a service, a bystander and an attacker, each in a process of its own and the last two at other addresses.
 * The round trip of a cheap request and of a post is measured before, during and after the attack, and then while a process
 * that says nothing keeps as much of a core busy as the attacker did: on a machine with few cores an attacker is a burden
 * already by running on it. Prints p50 and p95, and the ratio of those during the attack to those beside the burner. It is to be
 * 1.2 at most; where it is more by less than 2 ms, nobody can feel it. Nothing else should run on the machine.
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
		const served = service.alive ? processUse(service.pid).cpu : 0;
		const done = heard(other);
		other.send('go');
		const times = await measured(bystander);
		const serviceShare = service.alive ? (processUse(service.pid).cpu - served) / ms : Number.NaN;
		const { share, count } = (await done) as { share: number; count: number };
		return { times, serviceShare, share, count };
	} finally {
		other.kill('SIGKILL');
	}
}

const figures = (times: readonly number[]) =>
	[0.5, 0.95].map((share) => percentile(times, share).toFixed(1).padStart(8)).join('');

/** How many times as long it took, at p50 and p95, and whether that can be felt. */
function compared(during: readonly number[], calm: readonly number[]) {
	const pairs = [0.5, 0.95].map(
		(share) => [percentile(during, share), percentile(calm, share)] as const,
	);
	return {
		ratios: pairs.map(([a, b]) => (a / b).toFixed(2).padStart(8)).join(''),
		felt: pairs.some(([a, b]) => a > b * most && a - b > unfelt),
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
				`${attack.serviceShare.toFixed(2)} and ${grown.toFixed(0)} MB more${errors > 0 ? `; KINDS OF ERRORS IN THE LOG: ${errors}` : ''}`,
		);
		let bearable = errors === 0;
		for (const kind of ['requests', 'posts'] as const) {
			const { ratios, felt } = compared(attack.times[kind], burner.times[kind]);
			bearable &&= !felt;
			const columns = [before, attack.times, after, burner.times].map((times) =>
				figures(times[kind]),
			);
			console.log(`  ${kind.padEnd(10)}${columns.join('  ')}  ${ratios}`);
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
		? `\nNo attack cost a bystander more than ${most} times.`
		: `\nToo much: ${unbearable.join('; ')}.`,
);
process.exitCode = unbearable.length === 0 ? 0 : 1;
