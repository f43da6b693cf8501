import type { PeerId } from '#shared/ids.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import type { CallObserver, Place, ShareMode, TileSize } from './model.ts';
import type { OwnDevices } from './devices/ownDevices.ts';
import type { LocalPeer } from './peers/localPeer.ts';
import type { OwnShare } from './devices/ownShare.ts';
import type { ResumeRecord } from './session/resumeRecord.ts';
import type { StatisticsOnDemand } from './statistics/statisticsOnDemand.ts';

/** Makes an engine that reports to this observer. */
export type MakeEngine = (observer: CallObserver) => CallEngine;

/**
 * The engine of a call, as its page drives it: over a server (`Call`), or within the page (the demo). It reports to
 * the observer that it was made with.
 */
export interface CallEngine {
	/** Where requests go and facts come from; for the chat beside the call too. */
	readonly server: ServerConnection;
	readonly devices: OwnDevices;
	readonly own: Pick<LocalPeer, 'raiseHand' | 'react' | 'rename'>;
	readonly share: Pick<OwnShare, 'setMode' | 'stop'>;
	readonly statistics: Pick<StatisticsOnDemand, 'watch'>;
	/** The data with which another tab continues the call in place of this one; null while that is not possible. */
	readonly resumeRecord: ResumeRecord | null;

	/** Goes to the lobby: at first, and after the person left or the call failed. */
	enter(): void;
	/** From the lobby into the room. Rejects with a CodedError. */
	join(name: string, password?: string): Promise<void>;
	/** Takes the knock back. */
	stopWaiting(): void;
	/** Out of the room or the lobby. */
	leave(): void;
	/** Lets the person pick what to share; in the room only. Never rejects. */
	startShare(mode: ShareMode): Promise<void>;
	/** A peer's picture, or their share, is this large in this place now. */
	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place): void;
	close(): void;
}
