/** The value below which this share (0 to 1) of the values lies: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** One line of a table: what, then p50, p95, p99 and most, in milliseconds. */
export function line(what: string, values: readonly number[]): string {
	if (values.length === 0) return `${what.padEnd(28)}${'not needed'.padStart(14)}`;
	const figures = [
		percentile(values, 0.5),
		percentile(values, 0.95),
		percentile(values, 0.99),
		percentile(values, 1),
	];
	return [
		what.padEnd(28),
		...figures.map((figure) => figure.toFixed(figure < 10 ? 1 : 0).padStart(7)),
	].join('');
}

export const heading = [
	''.padEnd(28),
	...['p50', 'p95', 'p99', 'max'].map((name) => name.padStart(7)),
].join('');
