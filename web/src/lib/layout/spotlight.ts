import type { PeerId } from '#shared/ids.ts';
import { screenKey } from './stage.ts';

/** The one thing that is shown where there is room for one: somebody's face, or their screen. */
export type Spot = { readonly source: 'camera' | 'screen'; readonly peerId: PeerId };

/** Among whom to choose. Lists are in the order in which people came. */
export type SpotCast = {
	/** The others. */
	readonly people: readonly PeerId[];
	/** Those of them whose screen can be seen. */
	readonly screens: readonly PeerId[];
	/** Keys of tiles, as of the stage. */
	readonly pinned: ReadonlySet<string>;
	/** Who of the others spoke last. */
	readonly speaker: PeerId | null;
};

/** For how long a face stays at least, in milliseconds. */
const leastStay = 1500;

/**
 * What to show: a screen, a pinned one first; then whom the person pinned, who has the word, and who is there
 * the longest. Null where nobody else is.
 */
export function chooseSpot({ people, screens, pinned, speaker }: SpotCast): Spot | null {
	const screen = screens.find((peerId) => pinned.has(screenKey({ peerId }))) ?? screens[0];
	if (screen) return { source: 'screen', peerId: screen };
	const present = speaker !== null && people.includes(speaker) ? speaker : people[0];
	const peerId = people.find((person) => pinned.has(person)) ?? present;
	return peerId ? { source: 'camera', peerId } : null;
}

/** Whether both are the same picture. */
export function sameSpot(one: Spot | null, other: Spot | null): boolean {
	return one?.peerId === other?.peerId && one?.source === other?.source;
}

/**
 * How long to wait before what is shown gives way, in milliseconds. Only one face waits for another: what is gone,
 * and screens, which are there to be read, do not.
 *
 * @param shownFor how long it has been shown, in milliseconds
 */
export function waitBefore(
	shown: Spot | null,
	next: Spot | null,
	people: readonly PeerId[],
	shownFor: number,
): number {
	if (shown?.source !== 'camera' || next?.source !== 'camera') return 0;
	if (!people.includes(shown.peerId)) return 0;
	return Math.max(0, leastStay - shownFor);
}
