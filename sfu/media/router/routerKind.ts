import type { ProducerSettings } from '../peer/peerProducers.ts';

/**
 * Who meets: the peers of one room, with `audible` microphones heard at a time (0 for all), or strangers
 * who meet in pairs.
 */
export type RouterKind =
	| {
			kind: 'room';
			audible: number;
			/** How many people were inside when the room lost its worker: they come back all at once. */
			returning: number;
	  }
	| { kind: 'pairing' };

/**
 * In a small room whose people come back all at once, each sender is asked for key frames more often: who comes a moment after
 * the first one would see nothing for a second. Browsers make no second one within 300 ms. In ms, and people.
 */
const returns = { keyFrameInterval: 350, most: 8 } as const;

/** The name that goes with all media of strangers: a name for each peer would tell strangers whom they have met before (MATCH-2). */
const cname = 'next';

/** How those who meet there produce. */
export function producingIn(router: RouterKind): ProducerSettings {
	if (router.kind === 'pairing') return { cname };
	const { keyFrameInterval, most } = returns;
	return router.returning > 0 && router.returning <= most ? { keyFrameInterval } : {};
}
