import type { DiagnosticLine } from '#lib/browser/diagnostics.ts';
import type { Statistics } from '../../engine/statistics/statisticsModel.ts';

/**
 * What the page measured and what it did lately, as JSON for the operator. It holds ids and figures, and no names.
 *
 * @param about.taken when the statistics were taken, in ms since 1970
 * @param lines what the page did, the oldest first
 */
export function statisticsReport(
	statistics: Statistics,
	about: { room: string; you: string | null; taken: number; browser: string },
	lines: readonly DiagnosticLine[],
): string {
	const { room, you, taken, browser } = about;
	const { verdict, send, receive, streams } = statistics;
	return JSON.stringify(
		{
			room,
			you,
			taken: new Date(taken).toISOString(),
			browser,
			verdict,
			send,
			receive,
			streams,
			log: lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
		},
		rounded,
		'\t',
	);
}

/** Three decimals are precise enough. */
function rounded(_key: string, value: unknown): unknown {
	return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
