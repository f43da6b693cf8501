import * as v from 'valibot';

/** What one check of the doctor found, as a line for an operator. */
export const finding = v.object({
	check: v.pipe(v.string(), v.description('What was checked.')),
	state: v.picklist(['ok', 'warning', 'failed']),
	seen: v.pipe(v.string(), v.description('What was found, in a sentence.')),
	fix: v.pipe(v.string(), v.description('What to do about it; empty where all is well.')),
});
export type Finding = v.InferOutput<typeof finding>;

/** One address that browsers are told for media, and whether it answered a check of ICE. */
export const mediaPath = v.object({
	address: v.string(),
	port: v.number(),
	protocol: v.picklist(['udp', 'tcp']),
	answered: v.boolean(),
});
export type MediaPath = v.InferOutput<typeof mediaPath>;

/** What a running service tells the doctor's command. */
export const mediaReport = v.object({
	pid: v.pipe(v.number(), v.description('The process id of the service.')),
	paths: v.array(mediaPath),
});

/** An examination of the service: what was found so far, and how much is still to come. */
export const examination = v.object({
	running: v.boolean(),
	findings: v.array(finding),
	done: v.pipe(v.number(), v.description('How many checks are done.')),
	checks: v.pipe(v.number(), v.description('How many checks there are.')),
	finishedAt: v.nullable(v.pipe(v.number(), v.description('In ms since 1970; null before.'))),
});
export type Examination = v.InferOutput<typeof examination>;
