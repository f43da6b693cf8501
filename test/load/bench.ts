/**
 * Benchmarks: `npm run bench`, after `npm run build`; names of them take these alone (`npm run bench -- join next`).
 *
 * Each one prints tables, and writes `artifacts/bench/NAME.json`. `--against REV` builds another revision and lets both take turns,
 * run by run, so that what the machine does besides meets both alike. `--runs N` for more runs or fewer, `--smoke` for
 * seconds only, to see that it runs, `--out FOLDER` for another folder. Each ends by a bound of its own. A run of all of them, and `npm run bench -- pages`, write
 * `docs/bench/` from the files; what was not measured stays as it was there.
 *
 * Nothing else should run on the machine; how busy it was stands in the report.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { call } from './bench/call.ts';
import type { Benchmark, Options } from './bench/benchmark.ts';
import { crowd } from './bench/crowd.ts';
import { delays } from './bench/delays.ts';
import { forwarding } from './bench/forwarding.ts';
import { fullLoad } from './bench/fullLoad.ts';
import { glass } from './bench/glass.ts';
import { cold, join, joinEight } from './bench/join.ts';
import { largeRooms } from './bench/largeRooms.ts';
import { memory } from './bench/memory.ts';
import { next } from './bench/next.ts';
import { writePages } from './bench/pages.ts';
import {
	machine,
	reports,
	reportWords,
	revisionHere,
	writeReport,
	type Report,
} from './bench/report.ts';
import { signalling } from './bench/signalling.ts';
import { start } from './bench/start.ts';
import { tiles } from './bench/tiles.ts';
import { wide } from './bench/wide.ts';
import { exitCodes, measure } from './measurement.ts';
import { countOf } from './repeat.ts';

const benchmarks: Readonly<Record<string, Benchmark>> = {
	join,
	joinEight,
	delays,
	cold,
	next,
	call,
	glass,
	crowd,
	forwarding,
	fullLoad,
	wide,
	memory,
	signalling,
	largeRooms,
	tiles,
	start,
};

function wrong(words: string): never {
	console.error(words);
	process.exit(exitCodes.wrongArguments);
}

type Given = { names: string[]; isWhole: boolean; options: Options; out: string };

function readArguments(): Given {
	const { values, positionals } = (() => {
		try {
			return parseArgs({
				allowPositionals: true,
				options: {
					smoke: { type: 'boolean', default: false },
					against: { type: 'string' },
					runs: { type: 'string' },
					out: { type: 'string', default: reports },
				},
			});
		} catch (error) {
			return wrong((error as Error).message);
		}
	})();
	const all = Object.keys(benchmarks);
	const unknown = positionals.find((name) => !all.includes(name));
	if (unknown) wrong(`There is no benchmark ${unknown}. There are ${all.join(', ')}.`);
	const options = {
		isSmoke: values.smoke,
		against: values.against ?? null,
		runs: values.runs === undefined ? null : countOf(values.runs, 20, 500),
	};
	const names = (positionals.length > 0 ? positionals : all).filter(
		(name) => !options.against || benchmarks[name]?.compares,
	);
	if (names.length === 0) wrong('No such benchmark compares revisions.');
	const isWhole = positionals.length === 0 && !options.isSmoke && !options.against;
	return { names, isWhole, options, out: values.out };
}

/** Runs one benchmark and ends the process. */
async function runOne(name: string, benchmark: Benchmark, given: Given): Promise<never> {
	const { options, out } = given;
	const started = benchmark.start(options);
	let isComplete = false;
	return measure(
		async (measurement) => {
			await started.work(measurement);
			isComplete = !measurement.signal.aborted;
		},
		{
			bound: started.bound,
			...(options.isSmoke && { look: 100 }),
			report: (load) => {
				const report: Report = {
					name,
					title: benchmark.title,
					revision: revisionHere(),
					at: new Date().toISOString(),
					isSmoke: options.isSmoke,
					isComplete,
					machine: machine(),
					load,
					...started.findings(),
					// What runs for seconds on a machine that does other things reaches no goal and misses none.
					...(options.isSmoke && { goals: [] }),
				};
				console.log(reportWords(report));
				const file = options.against ? `${name}-against-${options.against}` : name;
				console.log(`\nwritten to ${writeReport(report, out, file.replaceAll(/[^\w.-]/g, '_'))}`);
			},
		},
	);
}

/** Runs each in a process of its own, one after the other: nothing of one is left for the next. */
async function runAll(names: readonly string[]): Promise<void> {
	const given = process.argv.slice(2).filter((argument) => !Object.hasOwn(benchmarks, argument));
	for (const name of names) {
		const child = spawn(process.execPath, [fileURLToPath(import.meta.url), name, ...given], {
			stdio: 'inherit',
		});
		let stopped = false;
		const passOn = (signal: NodeJS.Signals) => {
			stopped = true;
			child.kill(signal);
		};
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, passOn);
		const [code] = (await once(child, 'exit')) as [number | null];
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn);
		// One that fails does not keep the others from running.
		if (code !== 0) process.exitCode = code ?? exitCodes.failed;
		if (stopped) return;
	}
}

function writeAllPages(): void {
	console.log(`written to ${writePages(Object.keys(benchmarks))}`);
}

if (process.argv[2] === 'pages') {
	writeAllPages();
	process.exit();
}
const given = readArguments();
const { names, isWhole } = given;
const [first] = names;
const only = names.length === 1 && first !== undefined ? benchmarks[first] : undefined;
if (first !== undefined && only) await runOne(first, only, given);
else {
	await runAll(names);
	if (isWhole) writeAllPages();
}
