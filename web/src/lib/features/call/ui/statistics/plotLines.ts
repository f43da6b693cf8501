import type { MediaSource } from '#shared/mediaSource.ts';
import type { PlotLine, PlotLook } from '#lib/design/plots/lines.ts';
import { kept, type StreamHistory } from '../../engine/statistics/history.ts';
import type { PathStatistics, StreamStatistics } from '../../engine/statistics/statisticsModel.ts';
import { sourceWords } from '../../text/statistics.text.ts';

/** How much time a plot shows, in seconds. */
export const plotSpan = kept;

/** A source has the same look in all plots. */
const looks: Record<MediaSource, PlotLook> = {
	microphone: 1,
	camera: 2,
	screen: 3,
	'screen-audio': 4,
};

/** One figure of several streams. A stream that never had a value has no line. */
export function linesOf(
	streams: readonly StreamStatistics[],
	figure: Exclude<keyof StreamHistory, 'at'>,
): PlotLine[] {
	return streams.flatMap(({ source, history }) => {
		const values = history[figure];
		const applies = values.some((value) => value !== null);
		const line = { key: source, look: looks[source], label: sourceWords(source) };
		return applies ? [{ ...line, at: history.at, values }] : [];
	});
}

/** One figure of a path; no line if it never had a value. */
export function lineOfPath(
	{ history }: PathStatistics,
	figure: 'rtt' | 'available',
	label: string,
): PlotLine[] {
	const values = history[figure];
	const told = values.some((value) => value !== null);
	return told ? [{ key: 'path', look: 'dashed', label, at: history.at, values }] : [];
}
