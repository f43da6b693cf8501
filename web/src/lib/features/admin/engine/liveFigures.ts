import * as v from 'valibot';

/*
 * Figures from metrics of the server, computed as Prometheus would: a counter becomes a rate, and buckets become a
 * percentile.
 */

const labels = v.record(v.string(), v.union([v.string(), v.number()]));
/** Values of metrics at one moment, in ms since 1970, with the label `node` where the service has several nodes. */
export const reading = v.object({
	at: v.number(),
	/** The runs of the nodes that these values come from. Counters begin at zero with each run. */
	runs: v.array(v.string()),
	samples: v.array(v.object({ name: v.string(), labels, value: v.number() })),
});
export type Reading = v.InferOutput<typeof reading>;
type Sample = Reading['samples'][number];
type Labels = Sample['labels'];

const joinSteps = 'parley_join_step_seconds_bucket';
const store = 'parley_store_duration_seconds_bucket';
const eventLoop = 'parley_event_loop_delay_seconds_bucket';

/** The metrics that the figures are made of. */
export const liveMetrics = [
	'parley_peers',
	'parley_waiting',
	'parley_sockets',
	'parley_worker_received_bytes_total',
	'parley_worker_sent_bytes_total',
	'process_cpu_seconds_total',
	'parley_worker_cpu_seconds',
	'process_resident_memory_bytes',
	'parley_worker_memory_bytes',
	'parley_requests_total',
	'parley_http_requests_total',
	joinSteps,
	store,
	eventLoop,
] as const;

/** Null is a figure without a value: nothing happened that could be timed, or the service has restarted. */
export type LiveFigures = Record<
	| 'peers'
	| 'waiting'
	| 'pages'
	| 'received'
	| 'sent'
	| 'serviceCpu'
	| 'busiestCpu'
	| 'serviceMemory',
	number | null
> &
	Record<
		'workerMemory' | 'requests' | 'refusals' | 'http' | 'join' | 'media' | 'store' | 'eventLoop',
		number | null
	>;

/**
 * @param last the reading before, for rates.
 * @param earlier a reading of about a minute before, for percentiles.
 * @returns counts; bits a second; shares of a core; bytes; requests a second; and milliseconds, below which 95 of 100 were.
 */
export function figuresOf(now: Reading, last: Reading, earlier: Reading): LiveFigures {
	const sum = (name: string) => total(samplesOf(now, name));
	const rate = (name: string, fits?: (labels: Labels) => boolean) => rateOf(now, last, name, fits);
	const late = (name: string, fits?: (labels: Labels) => boolean) =>
		percentile(now, earlier, name, fits);
	const bits = (bytes: number | null) => bytes && bytes * 8;
	/** The rate of the busiest of all workers, or processes, on all nodes. */
	const busiest = (name: string) =>
		samplesOf(now, name)
			.map(({ labels: { worker, node } }) =>
				rate(name, (of) => of['worker'] === worker && of['node'] === node),
			)
			.reduce((most, cpu) => (cpu === null || (most ?? 0) > cpu ? most : cpu), null);
	return {
		peers: sum('parley_peers'),
		waiting: sum('parley_waiting'),
		pages: sum('parley_sockets'),
		received: bits(rate('parley_worker_received_bytes_total')),
		sent: bits(rate('parley_worker_sent_bytes_total')),
		serviceCpu: busiest('process_cpu_seconds_total'),
		busiestCpu: busiest('parley_worker_cpu_seconds'),
		serviceMemory: sum('process_resident_memory_bytes'),
		workerMemory: sum('parley_worker_memory_bytes'),
		requests: rate('parley_requests_total'),
		refusals: rate('parley_requests_total', ({ code }) => code !== 'OK'),
		http: rate('parley_http_requests_total'),
		join: late(joinSteps, ({ step }) => step === 'join'),
		media: late(joinSteps, ({ step }) => step === 'media'),
		store: late(store),
		eventLoop: late(eventLoop),
	};
}

/** Whether these are from the same runs of the same nodes, so that they can be compared. */
export const areOfSameRuns = ({ runs }: Reading, { runs: others }: Reading): boolean =>
	runs.length === others.length && runs.every((run, index) => run === others[index]);

const samplesOf = (
	{ samples }: Reading,
	of: string,
	fits: (labels: Labels) => boolean = () => true,
) => samples.filter(({ name, labels }) => name === of && fits(labels));

const total = (samples: readonly Sample[]): number | null =>
	samples.length === 0 ? null : samples.reduce((sum, { value }) => sum + value, 0);

/** How much a counter grew, per second. A counter that went down has restarted. */
function rateOf(
	now: Reading,
	before: Reading,
	name: string,
	fits?: (labels: Labels) => boolean,
): number | null {
	const seconds = (now.at - before.at) / 1000;
	const grown =
		(total(samplesOf(now, name, fits)) ?? 0) - (total(samplesOf(before, name, fits)) ?? 0);
	return seconds > 0 && grown >= 0 ? grown / seconds : null;
}

const share = 0.95;

/** Below which time 95 of 100 were, in ms. Within a bucket times are taken to be spread evenly; beyond the last bound it is that bound. */
function percentile(
	now: Reading,
	before: Reading,
	name: string,
	fits?: (labels: Labels) => boolean,
): number | null {
	const counts = new Map<number, number>();
	const add = (of: Reading, sign: 1 | -1) => {
		for (const { labels, value } of samplesOf(of, name, fits)) {
			const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
			counts.set(bound, (counts.get(bound) ?? 0) + sign * value);
		}
	};
	add(now, 1);
	add(before, -1);
	const all = counts.get(Infinity) ?? 0;
	if (all <= 0) return null;
	const rank = share * all;
	let [lower, below] = [0, 0];
	for (const [bound, count] of [...counts].sort(([one], [other]) => one - other)) {
		if (count >= rank && bound !== Infinity)
			return 1000 * (lower + ((bound - lower) * (rank - below)) / (count - below));
		if (bound !== Infinity) [lower, below] = [bound, count];
	}
	return 1000 * lower;
}
