import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { botReport } from '../bots/botReport.ts';
import { probeReport } from '../probe/probeReport.ts';
import { Ended } from './exits.ts';
import { summaryOf, type Summary } from './summary.ts';

const number = v.number();

/** What one machine measured: all of its bots, and how busy it was itself. */
const machineReport = v.object({
	url: v.string(),
	/** ISO 8601. */
	began: v.string(),
	/** Why it ended: `done`, or the exit that cut it short. */
	ended: v.string(),
	asked: v.object({
		...{ scenario: v.string(), rooms: number, peers: number, video: v.string() },
		...{ framesPerSecond: number, seconds: number, ramp: number },
		/** Whether bots sent prepared packets, and decoded nothing. */
		bulk: v.boolean(),
	}),
	/** For how long the load was on, in s. */
	seconds: number,
	/** Of the machine of the bots: the load average of a minute before and after, and what the bots took, in cores. */
	machine: v.object({ cores: number, loadBefore: number, loadAfter: number, bots: number }),
	/** Of each process of the service: CPU in cores while the load was on, and memory at the end in MB. */
	service: v.array(v.object({ name: v.string(), cpu: number, memory: v.nullable(number) })),
	bots: v.array(botReport),
	/** Null without one. */
	probe: v.nullable(probeReport),
});
export type MachineReport = v.InferOutput<typeof machineReport>;

const report = v.object({
	format: v.literal(1),
	run: v.string(),
	machines: v.array(machineReport),
});

/** A run, as `--report` writes it: what was measured, and the figures that follow from it. */
export type Report = v.InferOutput<typeof report> & { summary: Summary };

export const reportOf = (run: string, machines: MachineReport[]): Report => ({
	...{ format: 1, run },
	summary: summaryOf(machines),
	machines,
});

/**
 * Puts the reports of several machines together.
 *
 * @param run their name; null for that of the first file.
 * @throws {Ended} where a file cannot be read, or is of another run.
 */
export function mergeReports(files: readonly string[], run: string | null): Report {
	const all = files.map((file) => {
		try {
			return { file, ...v.parse(report, JSON.parse(readFileSync(file, 'utf8'))) };
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			throw new Ended('usage', `${file} is no report of a run: ${why}.`);
		}
	});
	const name = run ?? all[0]?.run ?? '';
	const other = all.find((each) => each.run !== name);
	if (other)
		throw new Ended('usage', `${other.file} is of the run "${other.run}", not of "${name}".`);
	return reportOf(
		name,
		all.flatMap(({ machines }) => machines),
	);
}
