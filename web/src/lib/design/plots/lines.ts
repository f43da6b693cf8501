/** How a line looks: the number of one of the colours of plots, or dashed. */
export type PlotLook = 1 | 2 | 3 | 4 | 'dashed';

/** One line of a plot: values over time, in milliseconds. What was not measured is null. */
export type PlotLine = {
	/** What it shows; the same for as long as the plot is there. */
	key: string;
	look: PlotLook;
	/** What it is called. */
	label: string;
	at: readonly number[];
	values: readonly (number | null)[];
};

/** Seconds before the last measurement, and the values of each line then. */
export type AlignedLines = [seconds: number[], ...values: (number | null)[][]];

/** Brings lines that begin and end at different moments to one axis of time, which ends with the latest. */
export function alignLines(lines: readonly Pick<PlotLine, 'at' | 'values'>[]): AlignedLines {
	const moments = [...new Set(lines.flatMap(({ at }) => at))].sort((a, b) => a - b);
	const last = moments.at(-1) ?? 0;
	const values = lines.map((line) => {
		const known = new Map(line.at.map((moment, index) => [moment, line.values[index] ?? null]));
		return moments.map((moment) => known.get(moment) ?? null);
	});
	return [moments.map((moment) => (moment - last) / 1000), ...values];
}
