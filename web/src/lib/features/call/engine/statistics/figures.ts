import { protocolOf, selectedPair, type Protocol } from './candidatePair.ts';
import type { Stat, Stats } from './statReport.ts';

/*
 * The thinking behind the statistics: pure functions from two reports of a transport to what happened
 * between them.
 */

/** Why a picture is sent worse than it could be. */
export type Limitation = 'none' | 'cpu' | 'bandwidth' | 'other';

/** The figures of one picture size of a stream that is sent. */
export type LayerFigures = {
	/** Lowest first. */
	layer: number;
	active: boolean;
	/** Bits per second. */
	bitrate: number;
	framesPerSecond: number;
	width: number;
	height: number;
};

/** The figures of one stream between two reports. A figure that does not apply, or is unknown, is null. */
export type StreamFigures = {
	/** Bits per second. */
	bitrate: number;
	/** Share of packets that were lost on the way, 0 to 1. */
	loss: number | null;
	/** In milliseconds. */
	jitter: number | null;
	/** The round trip, in milliseconds, of a stream that is sent. */
	rtt: number | null;
	/** Of the highest layer that is sent, or of the received stream. */
	framesPerSecond: number | null;
	width: number | null;
	height: number | null;
	/** As browsers name it, such as VP8. */
	codec: string | null;
	/** Of a stream that is sent. */
	limitation: Limitation | null;
	/** The sizes in which a picture is sent; empty for sound and for received streams. */
	layers: readonly LayerFigures[];
	/** Share of received pictures that this machine had no time to show, 0 to 1. */
	dropped: number | null;
	/** How often the received picture stood still. */
	freezes: number | null;
};

/** The figures of the path that all streams of a direction take. */
export type PathFigures = {
	/** There and back, in milliseconds. */
	rtt: number | null;
	/** The bandwidth that the browser estimates for sending, in bits per second. */
	available: number | null;
	protocol: Protocol | null;
};

type Counter =
	| 'bytesSent'
	| 'bytesReceived'
	| 'packetsSent'
	| 'packetsReceived'
	| 'framesEncoded'
	| 'framesDecoded'
	| 'framesDropped'
	| 'framesReceived'
	| 'freezeCount';

/** How much a counter grew. A counter that went down has restarted from zero. */
function grown(counter: Counter, now: Stat, before: Stat | undefined): number {
	const [to, from] = [now[counter] ?? 0, before?.[counter] ?? 0];
	return to >= from ? to - from : to;
}

/** How many packets more count as lost. Their number also falls, when some come late or twice. */
function newlyLost(now: Stat, before: Stat | undefined): number {
	return Math.max(0, (now.packetsLost ?? 0) - (before?.packetsLost ?? 0));
}

function perSecond(counter: Counter, now: Stat, before: Stat | undefined): number {
	const milliseconds = before ? now.timestamp - before.timestamp : 0;
	return milliseconds > 0 ? (grown(counter, now, before) * 1000) / milliseconds : 0;
}

const share = (part: number, whole: number) => (whole > 0 ? Math.min(1, part / whole) : 0);
const toMilliseconds = (seconds: number | undefined) =>
	seconds === undefined ? null : Math.round(seconds * 1000);

/** Without the kind of media, which is known anyway. */
const codecOf = (stats: Stats, { codecId }: Stat): string | null =>
	stats.get(codecId ?? '')?.mimeType?.split('/')[1] ?? null;

const limitations: ReadonlySet<string> = new Set(['none', 'cpu', 'bandwidth', 'other']);
const toLimitation = (reason: string | undefined): Limitation | null =>
	reason !== undefined && limitations.has(reason) ? (reason as Limitation) : null;

/** How the transport's path was between two reports. */
export function pathFigures(now: Stats): PathFigures {
	const pair = selectedPair(now);
	return {
		rtt: toMilliseconds(pair?.currentRoundTripTime),
		available: pair?.availableOutgoingBitrate ?? null,
		protocol: protocolOf(now, pair),
	};
}

/** The figures of the stream that is sent in this section of the session description; null if nothing ever was. */
export function sentFigures(mid: string, now: Stats, before: Stats): StreamFigures | null {
	const outbound = [...now.values()]
		.filter((stat) => stat.type === 'outbound-rtp' && stat.mid === mid)
		.sort((a, b) => (a.rid ?? '').localeCompare(b.rid ?? ''));
	if (outbound.length === 0) return null;
	const layers = outbound.map((stat, layer): LayerFigures => {
		const last = before.get(stat.id);
		return {
			layer,
			active: (stat.active ?? true) && grown('packetsSent', stat, last) > 0,
			bitrate: 8 * perSecond('bytesSent', stat, last),
			framesPerSecond: stat.framesPerSecond ?? perSecond('framesEncoded', stat, last),
			width: stat.frameWidth ?? 0,
			height: stat.frameHeight ?? 0,
		};
	});
	const top = layers.filter(({ active }) => active).at(-1);
	const isVideo = outbound.some(({ kind }) => kind === 'video');
	const remote = [...now.values()].filter(
		({ type, localId }) =>
			type === 'remote-inbound-rtp' && outbound.some(({ id }) => id === localId),
	);
	const lost = remote.reduce((sum, stat) => {
		return sum + newlyLost(stat, before.get(stat.id));
	}, 0);
	const sent = outbound.reduce((sum, stat) => {
		return sum + grown('packetsSent', stat, before.get(stat.id));
	}, 0);
	const [first] = remote;
	const reasons = outbound.map(({ qualityLimitationReason: reason }) => toLimitation(reason));
	return {
		bitrate: layers.reduce((sum, { bitrate }) => sum + bitrate, 0),
		loss: first ? share(lost, sent) : null,
		jitter: toMilliseconds(first?.jitter),
		rtt: toMilliseconds(first?.roundTripTime),
		framesPerSecond: isVideo ? (top?.framesPerSecond ?? 0) : null,
		width: isVideo ? (top?.width ?? 0) : null,
		height: isVideo ? (top?.height ?? 0) : null,
		codec: outbound.map((stat) => codecOf(now, stat)).find((codec) => codec !== null) ?? null,
		limitation:
			reasons.find((reason) => reason !== null && reason !== 'none') ?? reasons[0] ?? null,
		layers: isVideo ? layers : [],
		dropped: null,
		freezes: null,
	};
}

/** The figures of the stream that is received in this section of the session description; null if nothing ever was. */
export function receivedFigures(mid: string, now: Stats, before: Stats): StreamFigures | null {
	const stat = [...now.values()].find(({ type, mid: at }) => type === 'inbound-rtp' && at === mid);
	if (!stat) return null;
	const last = before.get(stat.id);
	const isVideo = stat.kind === 'video';
	const lost = newlyLost(stat, last);
	const [dropped, frames] = [
		grown('framesDropped', stat, last),
		grown('framesReceived', stat, last),
	];
	return {
		bitrate: 8 * perSecond('bytesReceived', stat, last),
		loss: share(lost, lost + grown('packetsReceived', stat, last)),
		jitter: toMilliseconds(stat.jitter),
		rtt: null,
		framesPerSecond: isVideo ? perSecond('framesDecoded', stat, last) : null,
		width: isVideo ? (stat.frameWidth ?? 0) : null,
		height: isVideo ? (stat.frameHeight ?? 0) : null,
		codec: codecOf(now, stat),
		limitation: null,
		layers: [],
		dropped: isVideo ? share(dropped, frames) : null,
		freezes: isVideo ? grown('freezeCount', stat, last) : null,
	};
}
