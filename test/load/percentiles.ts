/** The value below which this share (0 to 1) of the values lies: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((one, other) => one - other);
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of a table: what, then p50, p95, least and most, in whole milliseconds. */
export function line(what: string, values: readonly number[]): string {
	if (values.length === 0) return `${what.padEnd(28)}${'not needed'.padStart(14)}`;
	const figures = [
		percentile(values, 0.5),
		percentile(values, 0.95),
		Math.min(...values),
		Math.max(...values),
	];
	return [what.padEnd(28), ...figures.map((figure) => figure.toFixed(0).padStart(7))].join('');
}

export const heading = [
	''.padEnd(28),
	...['p50', 'p95', 'min', 'max'].map((name) => name.padStart(7)),
].join('');
