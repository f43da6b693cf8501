import { percentile } from '../percentiles.ts';
import { coreFor } from './costs.ts';
import type { Day, Sample } from './simulation.ts';

/** Mean, 95th percentile and most of a figure. */
type Spread = { mean: number; p95: number; max: number };

/** What a day of one strategy comes to. Shares are of all cores that workers have; `null` is what did not happen. */
export type Summary = {
	rooms: number;
	people: number;
	refused: number;
	/** The share of rooms that began on another node than the one at hand. */
	passedOn: number;
	/** Of nodes, over all minutes and nodes. */
	utilisation: Spread;
	/** How far the most and the least busy node are apart. */
	apart: Spread;
	/** Minutes in which a worker had more to do than this share of a core, over all nodes. */
	minutes: { above75: number; above100: number };
	/** Packets a second between workers of a node, of all nodes together, and the cores that they take on both ends. */
	piped: Spread & { cores: number };
	failure: Day['failure'];
	nodes: { id: string; utilisation: Spread; peers: Spread; mostRooms: number }[];
};

function spreadOf(values: readonly number[]): Spread {
	return {
		mean: values.reduce((sum, value) => sum + value, 0) / values.length,
		p95: percentile(values, 0.95),
		max: percentile(values, 1),
	};
}

export function summaryOf(day: Day): Summary {
	const nodes = [...day.samples];
	const all = nodes.flatMap(([, samples]) => samples);
	const count = (share: number) => all.filter(({ busiestWorker }) => busiestWorker > share).length;
	const of = (samples: readonly Sample[], figure: keyof Sample) =>
		spreadOf(samples.map((sample) => sample[figure]));
	const piped = spreadOf(day.piped);
	return {
		rooms: day.rooms,
		people: day.people,
		refused: day.refused,
		passedOn: day.passedOn / Math.max(1, day.rooms),
		utilisation: of(all, 'utilisation'),
		apart: spreadOf(day.apart),
		minutes: { above75: count(0.75), above100: count(1) },
		piped: { ...piped, cores: coreFor(2 * piped.max) },
		failure: day.failure,
		nodes: nodes.map(([id, samples]) => ({
			id,
			utilisation: of(samples, 'utilisation'),
			peers: of(samples, 'peers'),
			mostRooms: Math.max(...samples.map(({ rooms }) => rooms)),
		})),
	};
}

const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const whole = (value: number) => value.toFixed(0);
const spread = ({ mean, p95, max }: Spread, words: (value: number) => string) =>
	[mean, p95, max].map((value) => words(value).padStart(7)).join(' ');

/** The lines of a table with a column for each strategy. */
export function comparison(summaries: ReadonlyMap<string, Summary>): string[] {
	const rows: [string, (summary: Summary) => string][] = [
		['nodes, mean p95 max', ({ utilisation }) => spread(utilisation, percent)],
		['apart, mean p95 max', ({ apart }) => spread(apart, percent)],
		['minutes with a worker above 75 %', ({ minutes }) => whole(minutes.above75)],
		['minutes with a worker above 100 %', ({ minutes }) => whole(minutes.above100)],
		['rooms begun on another node', ({ passedOn }) => percent(passedOn)],
		['people refused', ({ refused }) => whole(refused)],
		['piped packets/s, mean p95 max', ({ piped }) => spread(piped, whole)],
		['cores for pipes, at most', ({ piped }) => piped.cores.toFixed(2)],
		['people moved by the failure', ({ failure }) => (failure ? whole(failure.people) : '–')],
		['busiest other node, before', ({ failure }) => (failure ? percent(failure.before) : '–')],
		['busiest other node, after', ({ failure }) => (failure ? percent(failure.after) : '–')],
	];
	const line = (head: string, cells: string[]) =>
		[head.padEnd(36), ...cells.map((cell) => cell.padStart(26))].join('');
	return [
		line('', [...summaries.keys()]),
		...rows.map(([head, cell]) => line(head, [...summaries.values()].map(cell))),
	];
}

/** The lines of a table with a row for each node. */
export function byNode({ nodes }: Summary): string[] {
	const head = ['', 'in use: mean p95 max', 'people: mean p95 max', 'rooms, at most'];
	const line = ([id = '', ...cells]: string[]) =>
		[id.padEnd(10), ...cells.map((cell) => cell.padStart(26))].join('');
	return [
		line(head),
		...nodes.map(({ id, utilisation, peers, mostRooms }) =>
			line([id, spread(utilisation, percent), spread(peers, whole), whole(mostRooms)]),
		),
	];
}
