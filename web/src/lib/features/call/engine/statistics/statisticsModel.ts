import type { PeerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { PathFigures, StreamFigures } from './figures.ts';
import type { PathHistory, StreamHistory } from './history.ts';

/**
 * The highest layer that any subscriber wants; null if none wants any. Undefined before the server has said so: then
 * all layers are sent.
 */
export type Demand = number | null | undefined;

/** The part of a call that makes it worse than it could be. */
export type QualityCause =
	/** The media of this client does not reach the server. */
	| 'own uplink'
	/** This machine is too slow to encode or to show all of it. */
	| 'own CPU'
	/** The media of some other peers does not reach the server. */
	| 'their uplink'
	/** Nothing gets here from the server as it should. */
	| 'server';

/** What is wrong, and which peers are affected, if that is known. */
export type QualityVerdict = { cause: QualityCause; peerIds: readonly PeerId[] };

/** One stream that is sent or received, as statistics show it. */
export type StreamStatistics = {
	/** The same for as long as the stream is sent or received. */
	key: string;
	/** The peer that sends the stream; null for streams that are sent from here. */
	peerId: PeerId | null;
	source: MediaSource;
	/** The highest layer that any subscriber wants; null if none wants any, undefined where that does not apply. */
	demand: Demand;
	now: StreamFigures;
	history: StreamHistory;
};

/** The way all streams of a direction take. */
export type PathStatistics = PathFigures & { history: PathHistory };

/** How the call goes, technically. */
export type Statistics = {
	/** When this was measured, in milliseconds since the page began. */
	at: number;
	send: PathStatistics;
	receive: PathStatistics;
	streams: readonly StreamStatistics[];
	/** What has been wrong for some seconds; null when all is well. */
	verdict: QualityVerdict | null;
};
