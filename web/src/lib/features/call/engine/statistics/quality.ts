import type { PeerId } from '#shared/ids.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { PathFigures, StreamFigures } from './figures.ts';
import type { Demand, QualityCause, QualityVerdict } from './statisticsModel.ts';

/*
 * The thinking behind "quality in words": a pure function from what was measured to the one cause that
 * people should hear of.
 */

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
 * What a call suffers from most. This machine first, then its line: both make everything else look bad
 * too. Of what is received, it is the server, or the way from it, when all of several people come badly,
 * and the way of those people to the server when only some do. Null when all is well.
 */
export function judgeQuality({ send, sent, received }: Evidence): QualityVerdict | null {
	// What is paused or off is not encoded; its browser says still what limited it last.
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
	// Of a single person nobody can tell; their way is the longer one, and less is done for it.
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

/** Keeps to a verdict until others agree on another: people are not to be told of every hiccup. */
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
