import type { PeerId } from '#shared/ids.ts';
import { isSpeaking, type Voice } from './audible.ts';

/** The microphone that dominates on one router of the room. */
export type Dominant = Voice & { peerId: PeerId };

/**
 * The active speaker of a room on several routers, each of which compares its own microphones. The microphone that has the
 * word keeps it while it speaks, so that two who talk at once on two routers do not take turns. Afterwards the dominant microphone
 * of another router takes it, if somebody speaks there: the one that was loud last.
 *
 * @param dominants of each router. Those that were never loud are passed over.
 * @param current the router that has the word, on which another microphone may dominate by now; null before the first word.
 * @returns null if no microphone was loud: the last active speaker stays.
 */
export function activeSpeaker(
	dominants: ReadonlyMap<string, Dominant>,
	current: string | null,
	now: number,
): { router: string; peerId: PeerId } | null {
	const loud = [...dominants]
		.filter(([, { loudAt }]) => loudAt !== null)
		.sort(([, one], [, other]) => (other.loudAt ?? 0) - (one.loudAt ?? 0));
	const holder = loud.find(([router]) => router === current);
	const speaking = loud.find(([, voice]) => isSpeaking(voice, now));
	const first = current === null ? loud[0] : undefined;
	const chosen = holder && isSpeaking(holder[1], now) ? holder : (speaking ?? holder ?? first);
	if (!chosen) return null;
	const [router, { peerId }] = chosen;
	return { router, peerId };
}
