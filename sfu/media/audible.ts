import type { ProducerId } from '#shared/ids.ts';

/** An open microphone, and when somebody last spoke into it, in ms; null if nobody has. */
export type Voice = { producerId: ProducerId; loudAt: number | null };

/** How long whoever speaks is heard at least after the last word, in ms: pauses belong to speech. */
export const hold = 2000;
/** How long after the last sound somebody counts as speaking, in ms. */
export const speakingFor = 600;

/** Whether somebody speaks now, as far as it was heard. */
export function isSpeaking({ loudAt }: Voice, now: number): boolean {
	return loudAt !== null && now - loudAt < speakingFor;
}

/** Those who spoke last come first; of those who have not, the order stays. */
const latestFirst = (one: Voice, other: Voice) =>
	(other.loudAt ?? -Infinity) === (one.loudAt ?? -Infinity)
		? 0
		: (other.loudAt ?? -Infinity) - (one.loudAt ?? -Infinity);

/**
 * Which microphones are heard (R61). Whoever is heard stays so until somebody else begins to speak and
 * they have been silent for `hold`; the one who has been silent longest goes first.
 *
 * @param voices in the order in which people came.
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
		// The last of those who were there is the one who has been silent longest.
		const last = chosen.findLastIndex(({ loudAt }) => loudAt === null || now - loudAt >= hold);
		if (last < 0) break;
		chosen.splice(last, 1);
		chosen.unshift(voice);
	}
	return new Set(chosen.map(({ producerId }) => producerId));
}
