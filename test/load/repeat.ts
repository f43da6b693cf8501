import { parseArgs } from 'node:util';
import { exitCodes, measure } from './measurement.ts';
import { browserOf, serviceOf } from './processes.ts';
import { Outcomes, type TrialKind } from './trial.ts';

/** The number that was given to this option, or the end of the process with the reason. */
export function countOf(given: string | undefined, unless: number, most: number): number {
	const count = given === undefined ? unless : Number(given);
	if (Number.isInteger(count) && count >= 1 && count <= most) return count;
	console.error(`${given} is no whole number from 1 to ${most}`);
	process.exit(exitCodes.wrongArguments);
}

/**
 * A command that runs trials of one kind on a service of its own and prints the times: `--joins 20`, by the name of what is
 * run. It ends by its bound, which grows with the number of runs.
 */
export async function repeat(kind: TrialKind, unless: number): Promise<never> {
	const { values } = parseArgs({
		options: { [kind.runs]: { type: 'string' } } as Record<string, { type: 'string' }>,
	});
	const runs = countOf(values[kind.runs], unless, 500);
	const outcomes = new Outcomes(kind.steps);
	const { run, preparation } = kind.seconds;
	return measure(
		async (measurement) => {
			const service = await serviceOf(measurement);
			const browsers = [];
			while (browsers.length < kind.browsers) browsers.push(await browserOf(measurement));
			const trial = await kind.prepare(service, browsers);
			for (let count = -kind.warmUps; count < runs && !measurement.signal.aborted; count++) {
				const outcome = await trial.run();
				if (count >= 0) outcomes.add(outcome);
			}
		},
		{
			// A machine that is busy may take three times as long; a miss takes ten seconds.
			bound: Math.ceil(preparation + 3 * run * (runs + kind.warmUps)),
			report: () =>
				console.log(
					`${outcomes.runs} of ${runs} ${kind.runs}, ms after ${kind.after}\n${outcomes.words}`,
				),
		},
	);
}
