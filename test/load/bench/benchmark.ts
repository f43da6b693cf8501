import type { Measurement } from '../measurement.ts';
import type { Findings } from './report.ts';

export type Options = {
	/** For seconds only, to show that it runs: the figures mean nothing. */
	isSmoke: boolean;
	/** Another revision to compare with. */
	against: string | null;
	/** How many runs, where the benchmark has runs and more or fewer than usual are wanted. */
	runs: number | null;
};

/** A benchmark that was begun with its options. */
export type Started = {
	/** After how many seconds it ends in any case. */
	bound: number;
	work(measurement: Measurement): Promise<void>;
	/** What was found so far. */
	findings(): Findings;
};

export type Benchmark = {
	title: string;
	/** Whether it can compare with another revision. */
	compares: boolean;
	start(options: Options): Started;
};
