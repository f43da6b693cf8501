import type { PeerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { PathFigures, StreamFigures } from './figures.ts';
import type { Demand, QualityCause, QualityVerdict } from './statisticsModel.ts';

/* The rules of the quality verdict: a pure function from the measurements to the one cause that the person hears of. */

/** From where on a call suffers. Shares of 1, milliseconds, pictures per second. */
const poor = { loss: 0.05, rtt: 600, jitter: 80, dropped: 0.2, framesPerSecond: 5 } as const;

export type Sent = { now: StreamFigures; source: MediaSource; demand: Demand };
export type Received = {
	now: StreamFigures;
	source: MediaSource;
	peerId: PeerId;
	/** Whether anything should come: it is on, and its place is visible. */
	expected: boolean;
};
export type Evidence = {
	send: Pick<PathFigures, 'rtt' | 'available'>;
	sent: readonly Sent[];
	received: readonly Received[];
};

/**
 * The worst problem of a call. This machine comes first, then its connection: both make everything else look bad, too.
 * For received streams, the cause is the server, or the path from it, if all of several people are received badly. It
 * is the path from these people to the server if only some are. Null when all is well.
 */
export function judgeQuality({ send, sent, received }: Evidence): QualityVerdict | null {
	// A stream that is paused or off is not encoded, but its browser still reports the last limitation.
	const encoded = sent.filter(({ demand, now }) => demand !== null && now.bitrate > 0);
	const expected = received.filter((stream) => stream.expected);
	const isLimitedBy = (limitation: StreamFigures['limitation']) =>
		encoded.some(({ now }) => now.limitation === limitation);
	if (isLimitedBy('cpu') || expected.some(({ now }) => (now.dropped ?? 0) >= poor.dropped)) {
		return { cause: 'own CPU', peerIds: [] };
	}
	const isLost = sent.some(({ now }) => (now.loss ?? 0) >= poor.loss);
	if (isLimitedBy('bandwidth') || isLost || (send.rtt ?? 0) >= poor.rtt) {
		return { cause: 'own uplink', peerIds: [] };
	}
	const all = new Set(expected.map(({ peerId }) => peerId));
	const bad = new Set(expected.filter(comesBadly).map(({ peerId }) => peerId));
	if (bad.size === 0) return null;
	// With a single sender the cause is not known. The sender's path is the longer one, and less is done for it.
	const cause: QualityCause = bad.size === all.size && all.size > 1 ? 'server' : 'their uplink';
	return { cause, peerIds: cause === 'server' ? [] : [...bad] };
}

function comesBadly({ now, source }: Received): boolean {
	if ((now.loss ?? 0) >= poor.loss || (now.jitter ?? 0) >= poor.jitter) return true;
	// A page that is read stands still, and that is no freeze.
	if (source !== 'camera') return false;
	return (
		(now.freezes ?? 0) > 0 || (now.framesPerSecond ?? poor.framesPerSecond) < poor.framesPerSecond
	);
}

/** How many verdicts in a row have to agree, one a second. */
const needed = 3;

/** Keeps a verdict until several measurements agree on another: the person must not hear of every hiccup. */
export class SteadyVerdict {
	#told: QualityVerdict | null = null;
	#other: QualityCause | null = null;
	#count = 0;

	/** @returns the verdict to tell. */
	weigh(verdict: QualityVerdict | null): QualityVerdict | null {
		const cause = verdict?.cause ?? null;
		if (cause === (this.#told?.cause ?? null)) {
			this.#count = 0;
			return (this.#told = verdict);
		}
		this.#count = cause === this.#other ? this.#count + 1 : 1;
		this.#other = cause;
		if (this.#count < needed) return this.#told;
		this.#count = 0;
		return (this.#told = verdict);
	}
}
