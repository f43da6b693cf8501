import type { PeerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { PathFigures, StreamFigures } from './figures.ts';
import type { PathHistory, StreamHistory } from './history.ts';

/**
 * The highest layer anyone wants, null where nobody does. Undefined as long as the server said nothing:
 * then all of it is sent.
 */
export type Demand = number | null | undefined;

/** Where it is that a call is worse than it could be. */
export type QualityCause =
	/** What this client sends does not get to the server. */
	| 'own uplink'
	/** This machine is too slow to encode or to show all of it. */
	| 'own CPU'
	/** What some of the others send does not get to the server. */
	| 'their uplink'
	/** Nothing gets here from the server as it should. */
	| 'server';

/** What is wrong, and with whose pictures and voices, where that can be told. */
export type QualityVerdict = { cause: QualityCause; peerIds: readonly PeerId[] };

/** One thing that is sent or received, as statistics show it. */
export type StreamStatistics = {
	/** The same for as long as it is sent or received. */
	key: string;
	/** Who sends it; null for what is sent from here. */
	peerId: PeerId | null;
	source: MediaSource;
	/** The highest layer anyone wants of it; null where nobody does, undefined where that does not apply. */
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
	/** What is wrong for some seconds now; null when all is well. */
	verdict: QualityVerdict | null;
};
