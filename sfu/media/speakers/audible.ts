import type { ProducerId } from '#shared/ids.ts';

/** An open microphone, and when it was last loud, in ms; null if it never was. */
export type Voice = { producerId: ProducerId; loudAt: number | null };

/** The level from which on sound counts as speech, in dBov: a quiet voice, not the noise of a room. */
export const loudFrom = -50;
/** How long a microphone is heard at least after it was last loud, in ms: pauses belong to speech. */
export const minHeard = 2000;
/** How long after the last loud packet a person counts as speaking, in ms. */
export const speakingFor = 600;

/** Whether the person at this microphone counts as speaking. */
export function isSpeaking({ loudAt }: Voice, now: number): boolean {
	return loudAt !== null && now - loudAt < speakingFor;
}

/** The microphones that were loud last come first. Silent ones keep their order. */
const latestFirst = (one: Voice, other: Voice) =>
	(other.loudAt ?? -Infinity) === (one.loudAt ?? -Infinity)
		? 0
		: (other.loudAt ?? -Infinity) - (one.loudAt ?? -Infinity);

/**
 * Which microphones are heard (ROOM-11). A heard microphone stays heard until another one becomes loud and
 * the first has been silent for `minHeard`. The one that has been silent longest goes first.
 *
 * @param voices in the order in which the peers joined.
 * @param limit how many are heard at a time; 0 for all.
 */
export function chooseAudible(
	voices: readonly Voice[],
	heard: ReadonlySet<ProducerId>,
	limit: number,
	now: number,
): Set<ProducerId> {
	if (limit === 0 || voices.length <= limit)
		return new Set(voices.map(({ producerId }) => producerId));
	const inOrder = voices.toSorted(latestFirst);
	const staying = inOrder.filter(({ producerId }) => heard.has(producerId)).slice(0, limit);
	const others = inOrder.filter((voice) => !staying.includes(voice));
	const chosen = [...staying, ...others.splice(0, limit - staying.length)];
	for (const voice of others) {
		if (!isSpeaking(voice, now)) break;
		// The last one has been silent longest.
		const last = chosen.findLastIndex(({ loudAt }) => loudAt === null || now - loudAt >= minHeard);
		if (last < 0) break;
		chosen.splice(last, 1);
		chosen.unshift(voice);
	}
	return new Set(chosen.map(({ producerId }) => producerId));
}
