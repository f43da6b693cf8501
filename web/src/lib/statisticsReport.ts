import type { Statistics } from './call/statisticsModel.ts';

/**
 * All that was measured as text that a program can read, for whoever runs the service. It holds ids and figures
 * and nobody's name.
 *
 * @param taken when, in ms since 1970
 */
export function statisticsReport(
	statistics: Statistics,
	about: { room: string; you: string | null; taken: number; browser: string },
): string {
	const { room, you, taken, browser } = about;
	const { verdict, send, receive, streams } = statistics;
	return JSON.stringify(
		{ room, you, taken: new Date(taken).toISOString(), browser, verdict, send, receive, streams },
		rounded,
		'\t',
	);
}

/** Three digits behind the point are enough for anybody. */
function rounded(_key: string, value: unknown): unknown {
	return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
