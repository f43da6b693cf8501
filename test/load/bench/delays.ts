import { freePort } from '../../support/ports.ts';
import { joinTrial } from '../joinTrial.ts';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import { serviceOf, type MeasuredService } from '../processes.ts';
import type { TrialKind } from '../trial.ts';
import { alternate, Contender } from './alternate.ts';
import { bareService } from './bare/bareService.ts';
import type { Benchmark } from './benchmark.ts';
import { bareTrial, coldTrial } from './coldTrials.ts';
import { fitOf } from './fit.ts';
import type { Findings } from './report.ts';
import { SlowLine } from './slowLine.ts';
import { figure } from './spread.ts';
import { boundFor, browsersFor } from './trialBenchmark.ts';

/** How long a round trip over the line takes, in ms. */
const roundTrips = [0, 50, 100] as const;

/** What is joined, and of how many round trips at most its time may consist. */
const kinds = {
	bare: { kind: bareTrial, most: null },
	cold: { kind: coldTrial, most: 6 },
	warm: { kind: joinTrial, most: 2 },
} as const satisfies Record<string, { kind: TrialKind; most: number | null }>;
type Name = keyof typeof kinds;

/** Of each join the round trip and the time, both in ms. */
type Found = Map<Name, [roundTrip: number, time: number][]>;

const last = 'picture in the tile';

/** A service behind a slow line. */
type Behind = { service: MeasuredService; line: SlowLine };

async function behindLine(
	measurement: Measurement,
	service: MeasuredService,
	mediaPort: number,
): Promise<Behind> {
	const { port } = new URL(service.url);
	const line = await SlowLine.to(Number(port), mediaPort);
	measurement.owns('the slow line', () => line.close());
	return { service: { ...service, url: `http://${SlowLine.address}:${port}` }, line };
}

async function parleyBehindLine(measurement: Measurement): Promise<Behind> {
	const mediaPort = await freePort();
	const environment = {
		PARLEY_MEDIA_PORT: String(mediaPort),
		PARLEY_MEDIA_ANNOUNCEDADDRESS: SlowLine.address,
	};
	return behindLine(measurement, await serviceOf(measurement, { environment }), mediaPort);
}

async function bareBehindLine(measurement: Measurement): Promise<Behind> {
	const { url, mediaPort } = await bareService(measurement, SlowLine.address);
	return behindLine(measurement, { url, pid: 0, media: async () => [] }, mediaPort);
}

function findingsOf(found: Found, missed: readonly string[]): Findings {
	const all = [...found].map(([name, points]) => ({ name, points, ...fitOf(points) }));
	const median = (points: readonly [number, number][], roundTrip: number) =>
		percentile(
			points.flatMap(([of, time]) => (of === roundTrip ? [time] : [])),
			0.5,
		);
	return {
		runs: all.map(({ name, points }) => `${points.length} joins ${name}`).join(', '),
		tables: [
			{
				title: `${last}, ms after the press on Join: the median for each round trip of the line, and of how many round trips the time consists (and how much of its spread a straight line explains, R²)`,
				columns: ['', ...roundTrips.map((ms) => `${ms} ms`), 'round trips'],
				rows: all.map(({ name, points, slope, fit }) => [
					name,
					...roundTrips.map((ms) => figure(median(points, ms))),
					`${slope.toFixed(1)} (${fit.toFixed(2)})`,
				]),
			},
		],
		plots: [
			{
				title: `${last}, by the round trip of the line`,
				x: 'ms of a round trip',
				y: 'ms after the press on Join',
				lines: all.map(({ name, points }) => ({
					name,
					points: roundTrips.flatMap((ms): [number, number][] => {
						const middle = median(points, ms);
						return Number.isNaN(middle) ? [] : [[ms, middle]];
					}),
				})),
			},
		],
		goals: all.flatMap(({ name, slope }) => {
			const { most } = kinds[name];
			if (most === null) return [];
			const seen = `${slope.toFixed(1)} round trips`;
			return [{ what: `Join, ${name}`, goal: `at most ${most}`, seen, isMet: slope <= most }];
		}),
		notes: [
			...missed,
			'Everything that pages send and receive goes over a line of the benchmark, which delays it by half a round trip in each direction, and the first of each TCP connection by a whole one. It loses nothing and has no bound.',
			'Bare, cold and warm are those of `join`.',
		],
	};
}

/** By how much joins take longer over a line that delays. */
export const delays: Benchmark = {
	title: 'Join over a slow line: round trips to the first picture',
	compares: false,
	start(options) {
		const { isSmoke } = options;
		const runs = isSmoke ? 1 : (options.runs ?? 8);
		const names: readonly Name[] = isSmoke ? ['warm'] : ['bare', 'cold', 'warm'];
		const lines = isSmoke ? [0, 100] : roundTrips;
		const found: Found = new Map(names.map((name) => [name, []]));
		const missed: string[] = [];
		const bound = boundFor(
			names.map((name) => kinds[name].kind),
			runs,
			options,
		);
		return {
			bound: lines.length * bound,
			async work(measurement) {
				const browsers = await browsersFor(measurement, joinTrial.browsers);
				const parley = await parleyBehindLine(measurement);
				const bare = names.includes('bare') ? await bareBehindLine(measurement) : null;
				for (const roundTrip of lines) {
					for (const each of [parley, bare]) if (each) each.line.roundTrip = roundTrip;
					const contenders = names.map((name) => {
						const { kind } = kinds[name];
						const { service } = name === 'bare' && bare ? bare : parley;
						const warmUps = isSmoke ? 0 : kind.warmUps;
						return {
							name,
							contender: new Contender(name, { ...kind, warmUps }, service, browsers),
						};
					});
					await alternate(
						measurement,
						contenders.map(({ contender }) => contender),
						runs,
					);
					for (const { name, contender } of contenders) {
						const { outcomes } = contender;
						for (const time of outcomes.of(last)) found.get(name)?.push([roundTrip, time]);
						for (const { run, stuck } of outcomes.missed)
							missed.push(`${name}, ${roundTrip} ms, run ${run}: no picture. Stuck at ${stuck}`);
						await contender.rest();
					}
				}
			},
			findings: () => findingsOf(found, missed),
		};
	},
};
