import { percentile } from '../percentiles.ts';
import type { Goal, Plot, Table } from './report.ts';

/** Values of one kind, such as the ms of each run. */
export type Series = { name: string; values: readonly number[] };

/** A value for a reader: whole numbers from ten on, and a dash for none. */
export const figure = (value: number) =>
	Number.isNaN(value) ? '–' : value.toFixed(value < 10 ? 1 : 0);

/** The least of the values, their p50 and p95, and the most, as `spreadColumns` names them. */
export const spreadOf = (values: readonly number[]): number[] =>
	[0, 0.5, 0.95, 1].map((share) => percentile(values, share));
export const spreadColumns = ['min', 'p50', 'p95', 'max'] as const;

/** How each of these spreads. */
export function spreadTable(title: string, all: readonly Series[]): Table {
	return {
		title,
		columns: ['', 'count', ...spreadColumns],
		rows: all.map(({ name, values }) => [
			name,
			String(values.length),
			...spreadOf(values).map(figure),
		]),
	};
}

/** A line of a plot has so many points at most. */
const mostPoints = 99;

/** Which share of the values is at most so much: all of them, or as many percentiles as a line has points. */
function distribution(values: readonly number[]): [value: number, percent: number][] {
	if (values.length > mostPoints)
		return Array.from({ length: mostPoints }, (_, index) => [
			percentile(values, (index + 1) / (mostPoints + 1)),
			((index + 1) / (mostPoints + 1)) * 100,
		]);
	return values
		.toSorted((one, other) => one - other)
		.map((value, index) => [value, ((index + 1) / values.length) * 100]);
}

/** Which share of each of these is at most so much. */
export function spreadPlot(
	title: string,
	{ x, y }: Pick<Plot, 'x' | 'y'>,
	all: readonly Series[],
): Plot {
	return {
		title,
		x,
		y,
		lines: all.map(({ name, values }) => ({ name, points: distribution(values) })),
	};
}

/** That this share (0 to 1) of the values is at most so many ms. */
export function spreadGoal({ name, values }: Series, share: number, most: number): Goal {
	const seen = percentile(values, share);
	return {
		what: `${name}, p${share * 100}`,
		goal: `at most ${most} ms`,
		seen: `${figure(seen)} ms`,
		isMet: seen <= most,
	};
}
