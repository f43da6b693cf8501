import type { MediaSource } from '#shared/mediaSource.ts';
import { kept, type StreamHistory } from '../../engine/statistics/history.ts';
import type { PathStatistics, StreamStatistics } from '../../engine/statistics/statisticsModel.ts';

/** How much time a plot shows, in seconds. */
export const plotSpan = kept;

/** One line of a plot: values over time, in milliseconds. What was not measured is null. */
export type PlotLine = {
	/** What it shows; a line keeps its look by it. */
	key: MediaSource | 'path';
	at: readonly number[];
	values: readonly (number | null)[];
};

/** Seconds before the last measurement, and the values of each line then. */
export type AlignedLines = [seconds: number[], ...values: (number | null)[][]];

/** Brings lines that begin and end at different moments to one axis of time, which ends with the latest. */
export function alignLines(lines: readonly PlotLine[]): AlignedLines {
	const moments = [...new Set(lines.flatMap(({ at }) => at))].sort((a, b) => a - b);
	const last = moments.at(-1) ?? 0;
	const values = lines.map((line) => {
		const known = new Map(line.at.map((moment, index) => [moment, line.values[index] ?? null]));
		return moments.map((moment) => known.get(moment) ?? null);
	});
	return [moments.map((moment) => (moment - last) / 1000), ...values];
}

/** One figure of several streams; those for which it never applied have no line. */
export function linesOf(
	streams: readonly StreamStatistics[],
	figure: Exclude<keyof StreamHistory, 'at'>,
): PlotLine[] {
	return streams.flatMap(({ source, history }) => {
		const values = history[figure];
		const applies = values.some((value) => value !== null);
		return applies ? [{ key: source, at: history.at, values }] : [];
	});
}

/** One figure of a path; no line where it was never told. */
export function lineOfPath({ history }: PathStatistics, figure: 'rtt' | 'available'): PlotLine[] {
	const values = history[figure];
	const told = values.some((value) => value !== null);
	return told ? [{ key: 'path', at: history.at, values }] : [];
}
