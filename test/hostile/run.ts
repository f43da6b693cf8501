import fc from 'fast-check';
import { test } from 'vitest';

/** What a run is told by its environment; see setup/hostile.mjs. */
const told = (name: string) => process.env[`PARLEY_HOSTILE_${name}`] ?? '';

/** Where the draws begin. Without a word it is the same each time, so that a run fails only for what has changed. */
const seed = Number(told('SEED') || 1);
/** How long each border is attacked, in ms. */
const span = told('MINUTES') ? Number(told('MINUTES')) * 60_000 : 6_000;
/** How long a test may take altogether, in ms: what runs when the time is up is finished. */
const patience = span + 60_000;
/** The one attack that is to be repeated, and where. */
const [only, path] = [told('ONLY'), told('PATH')];
/** Whether nothing else is to be done. */
export const isRepetition = only !== '';

/**
 * A test that carries out batches of drawn attacks until its time is up. A batch that fails is made smaller as long as
 * there is time, and is told with the seed and the path by which it can be repeated.
 *
 * @param key names this attack among all of them.
 * @param carryOut throws what a batch did to the service.
 * @param atEnd throws what all of them together did.
 */
export function underAttack<T>(
	key: string,
	title: string,
	attacks: fc.Arbitrary<T>,
	carryOut: (batch: T[]) => Promise<void>,
	atEnd: () => Promise<void>,
): void {
	const run = async () => {
		let last = Promise.resolve();
		let lastBatch: T[] = [];
		const draws = fc.array(attacks, { minLength: 1, maxLength: 6 });
		const { errorInstance, numRuns, counterexample, counterexamplePath } = await fc.check(
			fc.asyncProperty(draws, (batch) => {
				lastBatch = batch;
				last = carryOut(batch);
				return last;
			}),
			{
				seed,
				numRuns: 1_000_000,
				interruptAfterTimeLimit: span,
				markInterruptAsFailure: false,
				...(path && { path }),
			},
		);
		// The batch that was under way when the time was up is finished, too.
		const late: unknown = await last.then(
			() => null,
			(error: unknown) => error,
		);
		const error = errorInstance ?? late;
		if (error === null) {
			await atEnd();
			process.stdout.write(`${key}: ${numRuns + 1} batches, seed ${seed}\n`);
			return;
		}
		const batch = errorInstance ? counterexample?.[0] : lastBatch;
		const where = errorInstance ? ` --path ${counterexamplePath}` : '';
		throw new Error(
			[
				(error as Error).message,
				`By ${JSON.stringify(batch)}`,
				`Repeat it: npm run test:hostile -- --only ${key} --seed ${seed}${where}`,
			].join('\n'),
		);
	};
	test.skipIf(only !== '' && only !== key)(title, run, patience);
}
