import type { Browser } from 'playwright';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { browserOf, serviceOf } from '../processes.ts';
import type { TrialKind } from '../trial.ts';
import { alternate, Contender, ratioOf, ratioWords } from './alternate.ts';
import type { Benchmark, Options } from './benchmark.ts';
import type { Findings, Goal, Plot, Table } from './report.ts';
import { figure, spreadColumns, spreadGoal, spreadOf, spreadPlot } from './spread.ts';
import { buildRevision, thisRevision } from './revision.ts';

/** As many browsers as a kind of trial takes. */
export async function browsersFor(
	measurement: Measurement,
	count: number,
): Promise<readonly Browser[]> {
	const browsers: Browser[] = [];
	while (browsers.length < count) browsers.push(await browserOf(measurement));
	return browsers;
}

/** This revision and another one, each with a service of its own. */
export async function revisionsOf(
	measurement: Measurement,
	kind: TrialKind,
	against: string,
): Promise<[other: Contender, own: Contender]> {
	const other = await buildRevision(measurement, against);
	const own = thisRevision();
	const browsers = await browsersFor(measurement, kind.browsers);
	const [otherService, ownService] = [
		await serviceOf(measurement, { program: other.program }),
		await serviceOf(measurement, { program: own.program }),
	];
	return [
		new Contender(other.name, kind, otherService, browsers),
		new Contender(own.name, kind, ownService, browsers),
	];
}

/** How long each step took by each contender: p50 and p95 in ms, and how many times as long as by the first one. */
function stepTable([base, ...others]: readonly Contender[], kind: TrialKind): Table {
	const all = base ? [base, ...others] : [];
	const steps = [...new Set(all.flatMap((contender) => contender.kind.steps))];
	return {
		title: `ms after ${kind.after}: p50 and p95 by each, and the ratio of the medians (95 % interval)`,
		columns: [
			'step',
			...all.map(({ name }) => name),
			...others.map(({ name }) => `${name} / ${base?.name}`),
		],
		rows: steps.map((step) => {
			const times = all.map(({ outcomes }) => outcomes.of(step));
			const ofBase = base?.outcomes.of(step) ?? [];
			return [
				step,
				...times.map(
					(values) => `${figure(percentile(values, 0.5))} ${figure(percentile(values, 0.95))}`,
				),
				...times
					.slice(1)
					.map((values) =>
						values.length > 0 && ofBase.length > 0 ? ratioWords(ratioOf(values, ofBase)) : '–',
					),
			];
		}),
	};
}

/** How the last step spreads. */
function lastStepTable(contenders: readonly Contender[]): Table {
	return {
		title: 'Spread of the last step, in ms',
		columns: ['', 'runs', 'missed', 'unmarked', ...spreadColumns],
		rows: contenders.map(({ name, kind, outcomes }) => {
			const values = outcomes.of(kind.steps.at(-1) ?? '');
			const { missed, unmarked, runs } = outcomes;
			const spread = spreadOf(values).map(figure);
			return [name, String(runs), String(missed.length), String(unmarked), ...spread];
		}),
	};
}

/** How many of the runs were done after so many ms. */
const lastStepPlot = (contenders: readonly Contender[], kind: TrialKind): Plot =>
	spreadPlot(
		`${kind.steps.at(-1)}: how many were done after so many ms`,
		{ x: `ms after ${kind.after}`, y: '% of runs' },
		contenders.map(({ name, kind: own, outcomes }) => ({
			name,
			values: outcomes.of(own.steps.at(-1) ?? ''),
		})),
	);

/** What came of the turns of contenders. The first one is what the others are compared with. */
export function findingsOf(
	contenders: readonly Contender[],
	kind: TrialKind,
	goals: Goal[] = [],
): Findings {
	return {
		runs: `${contenders.map(({ outcomes }) => outcomes.runs).join(', ') || 'no'} ${kind.runs}`,
		tables: [stepTable(contenders, kind), lastStepTable(contenders)],
		plots: [lastStepPlot(contenders, kind)],
		goals,
		notes: contenders.flatMap(({ name, outcomes }) =>
			outcomes.missed.map(({ run, stuck }) => `${name}, run ${run}: no picture. Stuck at ${stuck}`),
		),
	};
}

/** How many seconds so many runs may take: three times as long as they do, and ten minutes more where a revision is built. */
export function boundFor(
	kinds: readonly TrialKind[],
	runs: number,
	{ against }: Pick<Options, 'against'>,
): number {
	const seconds = kinds.map(
		({ seconds: { run, preparation }, warmUps, block }) =>
			(block > 1 ? Math.ceil(runs / block) : 1) * (preparation + 3 * run * warmUps) +
			3 * run * runs,
	);
	return seconds.reduce((sum, each) => sum + each, 0) + (against ? 600 : 0);
}

/** A benchmark of trials of one kind: of this revision alone, or beside another one. */
export function trialBenchmark(
	title: string,
	kind: TrialKind,
	goalsOf: (own: Contender) => Goal[] = () => [],
): Benchmark {
	return {
		title,
		compares: true,
		start(options) {
			const runs = options.isSmoke ? 2 : (options.runs ?? 20);
			let contenders: Contender[] = [];
			return {
				bound: boundFor(options.against ? [kind, kind] : [kind], runs, options),
				async work(measurement) {
					if (options.against) contenders = await revisionsOf(measurement, kind, options.against);
					else {
						const browsers = await browsersFor(measurement, kind.browsers);
						const service = await serviceOf(measurement);
						contenders = [new Contender(thisRevision().name, kind, service, browsers)];
					}
					await alternate(measurement, contenders, runs);
				},
				findings: () => {
					const own = contenders.at(-1);
					return findingsOf(contenders, kind, own && goalsOf(own));
				},
			};
		},
	};
}

/** A goal for the spread of a step, in ms. */
export const stepGoal = (
	{ outcomes }: Contender,
	name: string,
	step: string,
	share: number,
	most: number,
): Goal => spreadGoal({ name, values: outcomes.of(step) }, share, most);
