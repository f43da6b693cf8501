import fc from 'fast-check';

/** What a run is told by its environment; see setup/hostile.mjs. */
const told = (name: string) => process.env[`PARLEY_HOSTILE_${name}`] ?? '';

/** Where the draws begin. The short form is the same each time, so that it fails only for what has changed. */
const seed = Number(told('SEED') || 1);
/** How long each border is attacked, in ms. */
export const span = told('MINUTES') ? Number(told('MINUTES')) * 60_000 : 7_000;
/** How long a test may take altogether, in ms: what runs when the time is up may still end. */
export const patience = span + 60_000;

/**
 * Carries out batches of drawn attacks until the time is up. One that fails is made smaller as long as there is time,
 * and told with the seed and the path by which it can be repeated.
 *
 * @param border names the test file, for the words that say how to repeat it.
 */
export async function attack<T>(
	border: string,
	attacks: fc.Arbitrary<T>,
	carryOut: (batch: T[]) => Promise<void>,
): Promise<void> {
	const path = told('PATH');
	const details = await fc.check(
		fc.asyncProperty(fc.array(attacks, { minLength: 1, maxLength: 6 }), carryOut),
		{
			seed,
			numRuns: 1_000_000,
			interruptAfterTimeLimit: span,
			markInterruptAsFailure: false,
			...(path && { path }),
		},
	);
	const { failed, numRuns, counterexample, counterexamplePath, errorInstance } = details;
	if (!failed) {
		process.stdout.write(`${border}: ${numRuns} batches, seed ${seed}\n`);
		return;
	}
	const { message } = errorInstance as Error;
	throw new Error(
		[
			message,
			`after ${numRuns} batches, by ${JSON.stringify(counterexample)}`,
			`Repeat it: npm run test:hostile -- --only ${border} --seed ${seed} --path ${counterexamplePath}`,
		].join('\n'),
	);
}
