import type { Browser } from 'playwright';
import type { Measurement } from '../measurement.ts';
import { percentile } from '../percentiles.ts';
import type { MeasuredService } from '../processes.ts';
import { Outcomes, type Trial, type TrialKind } from '../trial.ts';

/** One of those that take turns: a kind of trial on a service. */
export class Contender {
	readonly name: string;
	readonly kind: TrialKind;
	readonly outcomes: Outcomes;
	readonly #service: MeasuredService;
	readonly #browsers: readonly Browser[];
	#trial: Trial | null = null;

	constructor(
		name: string,
		kind: TrialKind,
		service: MeasuredService,
		browsers: readonly Browser[],
	) {
		this.name = name;
		this.kind = kind;
		this.outcomes = new Outcomes(kind.steps);
		this.#service = service;
		this.#browsers = browsers;
	}

	/** So many runs. What warms up is not counted. */
	async turn(runs: number): Promise<void> {
		let warmUps = 0;
		if (!this.#trial) {
			this.#trial = await this.kind.prepare(this.#service, this.#browsers);
			warmUps = this.kind.warmUps;
		}
		for (let count = -warmUps; count < runs; count++) {
			const outcome = await this.#trial.run();
			if (count >= 0) this.outcomes.add(outcome, this.name);
		}
		if (this.kind.block > 1) await this.rest();
	}

	/** Closes its pages until its next turn. */
	async rest(): Promise<void> {
		await this.#trial?.close();
		this.#trial = null;
	}
}

/**
 * Lets contenders take turns until each has so many runs, so that what the machine does besides meets all of them alike. The
 * order turns around with each round.
 */
export async function alternate(
	measurement: Measurement,
	contenders: readonly Contender[],
	runs: number,
): Promise<void> {
	const block = Math.max(...contenders.map(({ kind }) => kind.block));
	for (let round = 0; round * block < runs && !measurement.signal.aborted; round++) {
		const order = round % 2 === 0 ? contenders : contenders.toReversed();
		for (const contender of order) await contender.turn(Math.min(block, runs - round * block));
		const medians = contenders.map(({ name, outcomes }) => `${name} ${outcomes.median}`);
		console.log(
			`${Math.min(runs, (round + 1) * block)} of ${runs}, ms so far: ${medians.join(', ')}`,
		);
	}
}

/** How many times as long one took as the other, at the median, and between what the true ratio probably lies. */
export type Ratio = { ratio: number; low: number; high: number };

/** How often the ratio is computed from runs drawn anew. */
const draws = 2000;

/**
 * The ratio of the medians, and where 95 % of the ratios lie that come of runs drawn anew from these (a bootstrap): without
 * it nobody can tell a change from noise. The drawing is the same each time.
 */
export function ratioOf(values: readonly number[], base: readonly number[]): Ratio {
	let state = 20_261;
	const drawn = (from: readonly number[]): number[] =>
		from.map(() => {
			state = (state * 48_271) % 2_147_483_647;
			return from[state % from.length] ?? Number.NaN;
		});
	const ratios = Array.from(
		{ length: draws },
		() => percentile(drawn(values), 0.5) / percentile(drawn(base), 0.5),
	);
	return {
		ratio: percentile(values, 0.5) / percentile(base, 0.5),
		low: percentile(ratios, 0.025),
		high: percentile(ratios, 0.975),
	};
}

export const ratioWords = ({ ratio, low, high }: Ratio): string =>
	`${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
