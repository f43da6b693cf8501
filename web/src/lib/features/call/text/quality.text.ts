import type { Statistics } from '../engine/statistics/statisticsModel.ts';

/** The problem of a call, in words for the person, and what was done about it. */
export type QualityWords = { title: string; help: string };

/** Whether the own picture is sent smaller than it could be because the line or the machine is too slow. */
function isSentSmaller({ streams }: Statistics): boolean {
	return streams.some(
		({ peerId, source, now }) =>
			peerId === null &&
			source === 'camera' &&
			// A camera that is off is not sent at all, whatever limited it before.
			now.bitrate > 0 &&
			(now.limitation === 'bandwidth' || now.limitation === 'cpu'),
	);
}

/** The problem of the call as a whole, in words; null if there is none, or only with some of the others. */
export function qualityWords(statistics: Statistics | null): QualityWords | null {
	if (!statistics?.verdict) return null;
	const smaller = isSentSmaller(statistics);
	switch (statistics.verdict.cause) {
		case 'own uplink':
			return {
				title: 'Your connection is slow',
				help: smaller
					? 'Your video is in lower quality for now to keep your audio clear.'
					: 'Others may have trouble seeing and hearing you.',
			};
		case 'own CPU':
			return {
				title: 'Your device is busy',
				help: smaller
					? 'Your video is in lower quality for now. Try closing other apps.'
					: 'Video may stutter. Try closing other apps or making this window smaller.',
			};
		case 'server':
			return {
				title: 'Poor connection to the server',
				help: 'Audio and video may break up.',
			};
		case 'their uplink':
			return null;
	}
}
