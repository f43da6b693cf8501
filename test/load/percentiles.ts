/** The value below which this share (0 to 1) of the values lies: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** The columns of a table of times: how many values, and their spread. */
const columns = {
	runs: (values: readonly number[]) => values.length,
	min: (values: readonly number[]) => percentile(values, 0),
	p50: (values: readonly number[]) => percentile(values, 0.5),
	p95: (values: readonly number[]) => percentile(values, 0.95),
	p99: (values: readonly number[]) => percentile(values, 0.99),
	max: (values: readonly number[]) => percentile(values, 1),
} as const;

/** One line of a table: what, how many values, then min, p50, p95, p99 and most, in milliseconds. */
export function line(what: string, values: readonly number[]): string {
	if (values.length === 0) return `${what.padEnd(28)}${'not needed'.padStart(14)}`;
	const figures = Object.entries(columns).map(([name, of]) => {
		const figure = of(values);
		return figure.toFixed(figure < 10 && name !== 'runs' ? 1 : 0).padStart(7);
	});
	return [what.padEnd(28), ...figures].join('');
}

export const heading = [
	''.padEnd(28),
	...Object.keys(columns).map((name) => name.padStart(7)),
].join('');
