import type { Browser } from 'playwright';
import { stuckAt, type Evidence } from './pictureWatch.ts';
import { heading, line, percentile } from './percentiles.ts';
import type { MeasuredService } from './processes.ts';

/** What came of one run: the ms of each step that it needed, or where its picture got stuck. */
export type Outcome =
	{ times: Readonly<Record<string, number>>; unmarked: boolean } | { missed: Evidence };

/** What is measured again and again, on one service. */
export type Trial = {
	run(): Promise<Outcome>;
	/** Closes the pages that it has opened. */
	close(): Promise<void>;
};

/** A kind of trial. */
export type TrialKind = {
	/** What one run is called in the plural: "joins". */
	runs: string;
	/** The press from which the times count. */
	after: string;
	/** The steps in their order. */
	steps: readonly string[];
	/** How many runs warm the caches up and are not counted. */
	warmUps: number;
	/** About how long one run takes, in s, and the preparation with it. */
	seconds: { run: number; preparation: number };
	/**
	 * How many runs follow each other where several services take turns. 1: a trial that waits keeps the machine idle, so that
	 * they change after each run. More: it does not, so that it is prepared anew for each turn.
	 */
	block: number;
	/** How many browsers it takes. */
	browsers: number;
	prepare(service: MeasuredService, browsers: readonly Browser[]): Promise<Trial>;
};

/** What came of all runs so far. */
export class Outcomes {
	readonly steps: readonly string[];
	readonly times: Readonly<Record<string, number>>[] = [];
	readonly missed: { run: number; stuck: string; evidence: Evidence }[] = [];
	/** Runs whose picture was seen in its tile alone: the page made no mark. */
	unmarked = 0;
	#runs = 0;

	constructor(steps: readonly string[]) {
		this.steps = steps;
	}

	/** How many runs count. */
	get runs(): number {
		return this.#runs;
	}

	/** Takes what came of a run of this contender, and says so at once if it was a miss. */
	add(outcome: Outcome, name = ''): void {
		this.#runs++;
		if ('missed' in outcome) {
			const { missed: evidence } = outcome;
			const stuck = stuckAt(evidence);
			this.missed.push({ run: this.#runs, stuck, evidence });
			console.error(
				`run ${this.#runs} ${name}: no picture. Stuck at ${stuck}\n${JSON.stringify(evidence)}`,
			);
			return;
		}
		this.times.push(outcome.times);
		if (outcome.unmarked) this.unmarked++;
	}

	/** The ms of this step, of each run that needed it. */
	of(step: string): number[] {
		return this.times.flatMap((times) => {
			const time = times[step] ?? Number.NaN;
			return Number.isFinite(time) ? [time] : [];
		});
	}

	/** The median of the last step, in whole ms. */
	get median(): string {
		return percentile(this.of(this.steps.at(-1) ?? ''), 0.5).toFixed(0);
	}

	/** A table of the steps, and what is to be said of runs that have no figure. */
	get words(): string {
		const lines = this.steps.map((step) => line(step, this.of(step)));
		const misses = `${this.missed.length} of ${this.#runs} runs missed the picture`;
		const unmarked = `${this.unmarked} pictures were in their tile and had no mark`;
		return [heading, ...lines, misses, unmarked].join('\n');
	}
}
