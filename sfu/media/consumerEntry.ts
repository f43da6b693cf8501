import type { Consumer, Router, WebRtcTransport } from 'mediasoup/types';
import type { ConsumerId, PeerId } from '#shared/ids.ts';
import type { ConsumerInfo, Unavailable } from '#shared/media.ts';
import type { RtpCapabilities, RtpParameters } from '#shared/rtp.ts';
import { changedLayers } from './codecs.ts';
import { ifClosed } from './engineErrors.ts';
import type { Flow } from './wants.ts';

/** A consumer, how it is wanted, and whether its client is ready for it. */
export type Entry = {
	consumer: Consumer;
	info: ConsumerInfo;
	flow: Flow;
	resumed: boolean;
};

/**
 * Makes a consumer, paused. Never rejects.
 *
 * @param refused hears of a refusal that nobody foresaw.
 * @returns why there is none: it cannot be decoded, the engine refuses it, or what it is of has ended.
 */
export async function makeEntry(
	{ router, transport }: { router: Router; transport: WebRtcTransport },
	rtpCapabilities: RtpCapabilities,
	flow: Flow,
	owner: PeerId,
	refused: (error: unknown) => void,
): Promise<Entry | { code: 'BAD_MEDIA' | 'NOT_FOUND' }> {
	const { producerId } = flow;
	if (!router.canConsume({ producerId, rtpCapabilities })) return { code: 'BAD_MEDIA' };
	let consumer: Consumer;
	try {
		consumer = await transport.consume({
			producerId,
			rtpCapabilities,
			paused: true,
			preferredLayers: { spatialLayer: flow.layer },
		});
	} catch (error) {
		// Between the plan and now the producer may have ended.
		if (transport.closed || !router.canConsume({ producerId, rtpCapabilities }))
			return { code: 'NOT_FOUND' };
		refused(error);
		return { code: 'BAD_MEDIA' };
	}
	const info: ConsumerInfo = {
		consumerId: consumer.id as ConsumerId,
		producerId,
		peerId: owner,
		kind: consumer.kind,
		rtpParameters: consumer.rtpParameters as RtpParameters,
	};
	return { consumer, info, flow, resumed: false };
}

/**
 * The layer to forward. Of a picture in several sizes the smallest comes first: a larger one may have to be encoded anew for
 * this, and while the engine waits for it, it forwards nothing else.
 */
function layerNow({ consumer, flow, resumed }: Entry): number {
	const begins = resumed && consumer.type === 'simulcast' && !consumer.currentLayers;
	return begins ? 0 : flow.layer;
}

/**
 * Brings a consumer to what is wanted of it. Says nothing to the worker that it knows already.
 *
 * @param given whether it may flow, apart from being wanted.
 */
export async function applyFlow(entry: Entry, given: boolean): Promise<void> {
	const { consumer, flow, resumed } = entry;
	if (consumer.closed) return;
	const changes: Promise<void>[] = [];
	if (consumer.kind === 'video' && flow.visible) {
		if (consumer.priority !== flow.priority) changes.push(consumer.setPriority(flow.priority));
		const layers = changedLayers(consumer, layerNow(entry));
		if (layers) changes.push(consumer.setPreferredLayers(layers));
	}
	const flowing = resumed && flow.visible && given;
	if (flowing && consumer.paused) changes.push(consumer.resume());
	if (!flowing && !consumer.paused) changes.push(consumer.pause());
	await Promise.all(changes.map((change) => change.catch(ifClosed(consumer))));
}

/**
 * Asks the sender of a picture that flows for a key frame. Where nothing was forwarded yet, the engine is told its layers
 * again: it may have found that none is sent, and looks again once a second by itself.
 */
export async function refreshPicture(consumer: Consumer): Promise<void> {
	if (consumer.kind !== 'video' || consumer.paused) return;
	const { preferredLayers, currentLayers } = consumer;
	const tasks = [consumer.requestKeyFrame()];
	if (preferredLayers && !currentLayers)
		tasks.unshift(consumer.setPreferredLayers(preferredLayers));
	await Promise.all(tasks.map((task) => task.catch(ifClosed(consumer))));
}

/** Those of these entries that are named, each once, and the ids that name none (R30). */
export function pickEntries(
	entries: Iterable<Entry>,
	consumerIds: readonly ConsumerId[],
): { entries: Entry[]; unavailable: Unavailable } {
	const byId = new Map(Array.from(entries, (entry) => [entry.info.consumerId, entry]));
	const picked = new Set<Entry>();
	const unavailable: Unavailable = [];
	for (const id of consumerIds) {
		const entry = byId.get(id);
		if (entry) picked.add(entry);
		else unavailable.push({ id, code: 'NOT_FOUND' });
	}
	return { entries: [...picked], unavailable };
}
