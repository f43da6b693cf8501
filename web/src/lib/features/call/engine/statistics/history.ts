/** How many measurements are kept, one a second: two minutes. */
export const kept = 120;

/** The latest measurements, oldest first: when, in milliseconds since the page began, and each figure then. */
export type History<F extends string> = { readonly at: readonly number[] } & {
	readonly [G in F]: readonly (number | null)[];
};

const streamFigures = ['bitrate', 'loss', 'jitter', 'rtt', 'framesPerSecond', 'height'] as const;
const pathFigures = ['rtt', 'available'] as const;

type Figures<F extends string> = { readonly [G in F]: number | null };
type StreamFigure = (typeof streamFigures)[number];
type PathFigure = (typeof pathFigures)[number];

export type StreamHistory = History<StreamFigure>;
export type PathHistory = History<PathFigure>;

/** The history of a stream with one more measurement, and without those that are too old. */
export function prolongStream(
	before: StreamHistory | undefined,
	at: number,
	now: Figures<StreamFigure>,
): StreamHistory {
	return prolong(streamFigures, before, at, now);
}

/** As `prolongStream`, of a path. */
export function prolongPath(
	before: PathHistory | undefined,
	at: number,
	now: Figures<PathFigure>,
): PathHistory {
	return prolong(pathFigures, before, at, now);
}

function prolong<F extends string>(
	names: readonly F[],
	before: History<F> | undefined,
	at: number,
	now: Figures<F>,
): History<F> {
	const figures = names.map((name) => [name, [...(before?.[name] ?? []), now[name]].slice(-kept)]);
	return {
		...(Object.fromEntries(figures) as { [G in F]: (number | null)[] }),
		at: [...(before?.at ?? []), at].slice(-kept),
	};
}
