import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type { Consumer, Observer, Producer } from 'mediasoup/types';

// Loaded into a service process before its own code, by `--import`. Tells the process that started it what the media
// engine does, when it is asked `media`. It takes the mediasoup of the program that runs, which may be another revision.

/** A producer or a consumer of video in the media engine. */
export type MediaState = {
	id: string;
	/** The one it consumes; its own id for a producer. */
	producerId: string;
	isConsumer: boolean;
	/** Itself, or what it consumes. */
	paused: boolean;
	/** Packets that came in or went out, and requests for key frames that went to the sender or came from the receiver. */
	packets: number;
	keyFrameRequests: number;
	/** Spatial layers: the one that is to flow, and the one that does. */
	layers: { wanted: number | null; flowing: number | null };
};

const sum = (values: readonly (number | undefined)[]) =>
	values.reduce<number>((total, value) => total + (value ?? 0), 0);

async function stateOf(each: Producer | Consumer): Promise<MediaState[]> {
	// One that closes meanwhile has no state.
	const stats = await each.getStats().catch(() => null);
	if (!stats) return [];
	const isConsumer = 'producerId' in each;
	const own = stats.filter(({ type }) => type === (isConsumer ? 'outbound-rtp' : 'inbound-rtp'));
	return [
		{
			id: each.id,
			producerId: isConsumer ? each.producerId : each.id,
			isConsumer,
			paused: each.paused || (isConsumer && each.producerPaused),
			packets: sum(own.map(({ packetCount }) => packetCount)),
			keyFrameRequests: sum(own.map(({ pliCount, firCount }) => pliCount + firCount)),
			layers: {
				wanted: isConsumer ? (each.preferredLayers?.spatialLayer ?? null) : null,
				flowing: isConsumer ? (each.currentLayers?.spatialLayer ?? null) : null,
			},
		},
	];
}

function watch(program: string): void {
	const alive = new Set<Producer | Consumer>();
	const keep = (each: Producer | Consumer) => {
		if (each.kind !== 'video') return;
		for (const other of alive) if (other.closed) alive.delete(other);
		alive.add(each);
	};
	const { observer } = createRequire(program)('mediasoup') as { observer: Observer };
	observer.on('newworker', (worker) =>
		worker.observer.on('newrouter', (router) =>
			router.observer.on('newtransport', (transport) => {
				transport.observer.on('newproducer', keep);
				transport.observer.on('newconsumer', keep);
			}),
		),
	);
	process.on('message', (asked) => {
		if (asked !== 'media') return;
		void Promise.all([...alive].map(stateOf)).then((states) => process.send?.(states.flat()));
	});
	process.channel?.unref();
}

const [, program] = process.argv;
if (isMainThread && process.send && program) watch(program);
