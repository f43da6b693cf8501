import type { Statistics } from './call/statisticsModel.ts';

/** What a call suffers from, for whoever sits here, and what was done about it. */
export type QualityWords = { title: string; help: string };

/** Whether the own picture is sent smaller than it could be because the line or the machine is too slow. */
function isSentSmaller({ streams }: Statistics): boolean {
	return streams.some(
		({ peerId, source, now }) =>
			peerId === null &&
			source === 'camera' &&
			(now.limitation === 'bandwidth' || now.limitation === 'cpu'),
	);
}

/** In words what is wrong with the call as a whole; null where nothing is, or only with some of the others. */
export function qualityWords(statistics: Statistics | null): QualityWords | null {
	if (!statistics?.verdict) return null;
	const smaller = isSentSmaller(statistics);
	switch (statistics.verdict.cause) {
		case 'own uplink':
			return {
				title: 'Your connection is slow',
				help: smaller
					? 'Your picture is sent smaller for now, so that your voice gets through.'
					: 'The others may hear and see you badly.',
			};
		case 'own CPU':
			return {
				title: 'Your device is busy',
				help: smaller
					? 'Your picture is sent smaller for now. Closing other programs may help.'
					: 'Pictures may stutter. Closing other programs, or a smaller window, may help.',
			};
		case 'server':
			return {
				title: 'Little arrives from the server',
				help: 'You may hear and see everybody badly. Your connection or the server is slow.',
			};
		case 'their uplink':
			return null;
	}
}
