import { randomNumbers } from '../../support/randomNumbers.ts';

/** Random draws that are the same for the same seed. */
export class Random {
	readonly #next: () => number;

	constructor(seed: number) {
		this.#next = randomNumbers(seed);
	}

	/** From `low` to `high`, each value as likely. */
	between(low: number, high: number): number {
		return low + (high - low) * this.#next();
	}

	/** One of the values. */
	of<T>(values: readonly [T, ...T[]]): T {
		return values[Math.floor(this.#next() * values.length)] ?? values[0];
	}

	/** A value whose logarithm is spread normally. */
	lognormal({ median, mean }: { median: number; mean: number }): number {
		const spread = Math.sqrt(2 * Math.log(mean / median));
		const normal =
			Math.sqrt(-2 * Math.log(1 - this.#next())) * Math.cos(2 * Math.PI * this.#next());
		return median * Math.exp(spread * normal);
	}

	/** How often something happens that happens `mean` times on average. */
	poisson(mean: number): number {
		let count = 0;
		for (let time = -Math.log(1 - this.#next()); time < mean; count++)
			time -= Math.log(1 - this.#next());
		return count;
	}
}
