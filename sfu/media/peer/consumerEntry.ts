import type { Consumer, WebRtcTransport } from 'mediasoup/types';
import type { ConsumerId, PeerId } from '#shared/ids.ts';
import type { ConsumerInfo, Unavailable, Want } from '#shared/media.ts';
import type { RtpCapabilities, RtpParameters } from '#shared/rtp.ts';
import { changedLayers } from '../worker/codecs.ts';
import type { HomeRouter } from '../worker/homeRouter.ts';
import type { Pipes } from '../worker/pipes.ts';
import { ifClosed } from './engineErrors.ts';
import type { Forwarding } from './forwarding.ts';
import type { Flow } from './wants.ts';

/** A consumer, how it is wanted, and whether its client is ready for it. */
export type Entry = {
	readonly consumer: Consumer;
	readonly info: ConsumerInfo;
	flow: Flow;
	resumed: boolean;
	/** Whether the viewer does not see the owner yet. */
	preSubscribed: boolean;
	/** How it flows after the owner became visible, until the viewer states its wants, which may be on their way. */
	unasked: Want | null;
};

/** Where the consumers of a peer are made, and what brings it the producers of other routers. */
export type ConsumerEnds = {
	home: Pick<HomeRouter, 'router'>;
	transport: WebRtcTransport;
	pipes: Pipes;
};

/**
 * Makes a consumer, paused. Never rejects.
 *
 * @param refused is given an unforeseen refusal.
 * @returns the consumer, or a code: it cannot be decoded, the engine refuses it, or the producer has ended.
 */
export async function makeEntry(
	{ home, transport, pipes }: ConsumerEnds,
	rtpCapabilities: RtpCapabilities,
	flow: Flow,
	owner: PeerId,
	refused: (error: unknown) => void,
): Promise<Entry | { code: 'BAD_MEDIA' | 'NOT_FOUND' }> {
	const { producerId } = flow;
	const canConsume = () => pipes.canConsume(producerId, rtpCapabilities);
	if (!canConsume()) return { code: 'BAD_MEDIA' };
	let consumer: Consumer;
	let release: (() => void) | null = null;
	try {
		release = await pipes.hold(producerId, home.router);
		consumer = await transport.consume({
			producerId,
			rtpCapabilities,
			paused: true,
			preferredLayers: { spatialLayer: flow.layer },
		});
	} catch (error) {
		release?.();
		// Between the plan and now the producer may have ended.
		if (transport.closed || !canConsume()) return { code: 'NOT_FOUND' };
		refused(error);
		return { code: 'BAD_MEDIA' };
	}
	consumer.observer.once('close', release);
	const info: ConsumerInfo = {
		consumerId: consumer.id as ConsumerId,
		producerId,
		peerId: owner,
		kind: consumer.kind,
		rtpParameters: consumer.rtpParameters as RtpParameters,
	};
	return { consumer, info, flow, resumed: false, preSubscribed: false, unasked: null };
}

/** Whether it is a simulcast video of which no layer was forwarded yet. */
export const begins = ({ type, currentLayers }: Consumer): boolean =>
	type === 'simulcast' && !currentLayers;

/**
 * Brings a consumer to what was decided. The worker gets only what differs.
 *
 * @param changing is given what differs.
 */
export async function forward(
	consumer: Consumer,
	{ flows, layer, priority }: Forwarding,
	changing: (changes: object) => void,
): Promise<void> {
	if (consumer.closed) return;
	const isPriorityNew = priority !== null && consumer.priority !== priority;
	const layers = layer === null ? null : changedLayers(consumer, layer);
	const isTurned = flows === consumer.paused;
	if (!isPriorityNew && !layers && !isTurned) return;
	changing({ ...(isPriorityNew && { priority }), ...layers, ...(isTurned && { flows }) });
	const tasks = [
		...(isPriorityNew ? [consumer.setPriority(priority)] : []),
		...(layers ? [consumer.setPreferredLayers(layers)] : []),
		...(isTurned ? [flows ? consumer.resume() : consumer.pause()] : []),
	];
	await Promise.all(tasks.map((task) => task.catch(ifClosed(consumer))));
}

/**
 * Asks the sender of a flowing video for a key frame. If nothing was forwarded yet, the preferred layers are set
 * again: the engine may have found no layer, and tries again by itself only once a second.
 */
export async function refreshPicture(consumer: Consumer): Promise<void> {
	if (consumer.kind !== 'video' || consumer.paused) return;
	const { preferredLayers, currentLayers } = consumer;
	const tasks = [consumer.requestKeyFrame()];
	if (preferredLayers && !currentLayers)
		tasks.unshift(consumer.setPreferredLayers(preferredLayers));
	await Promise.all(tasks.map((task) => task.catch(ifClosed(consumer))));
}

/** The entries with these ids, each once, and the ids without an entry (MEDIA-8). */
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
