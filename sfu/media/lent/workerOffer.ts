import * as v from 'valibot';

/** Where a node asks another one for a media worker. Its answer is an offer; an upgrade there takes it. */
export const workerPath = '/nodes/worker';

/** What such an upgrade is to: the messages between mediasoup and its worker, as they go over two pipes on one machine. */
export const workerProtocol = 'mediasoup-worker';

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

/** A media worker that a node is about to run for another one. */
export const workerOffer = v.object({
	/** Takes the offer, once. */
	ticket: v.string(),
	/** What its WebRtcServer has to listen on. */
	listenInfos: v.array(
		v.object({
			protocol: v.picklist(['udp', 'tcp']),
			ip: v.string(),
			port,
			flags: v.exactOptional(v.record(v.string(), v.boolean())),
		}),
	),
	/** The addresses that browsers are told instead of those; null for the same. */
	announced: v.nullable(v.array(v.string())),
	/** The media ports of that node, its lent workers included. */
	ports: v.object({ first: port, last: port }),
});
export type WorkerOffer = v.InferOutput<typeof workerOffer>;

/** The environment variable that tells a process which worker it stands in for, as JSON. */
export const lentVariable = 'BORROWED_WORKER';
/** That which names the program it is run by. */
export const nodeVariable = 'BORROWED_WORKER_NODE';

/** A worker that was offered, and where it is to be had. */
export const lentWorker = v.object({
	address: v.string(),
	/** By which the other node knows that this one is of the same service. */
	credentials: v.record(v.string(), v.string()),
	ticket: v.string(),
});
export type LentWorker = v.InferOutput<typeof lentWorker>;
