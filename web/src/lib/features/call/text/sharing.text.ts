import type { ShareMode, ShareState } from '../engine/model.ts';

/** The name of a participant's screen. */
export const screenWords = (name: string): string => `${name}'s screen`;

/** The modes of a share, and what they mean. */
export function shareModeWords(mode: ShareMode): { name: string; help: string } {
	switch (mode) {
		case 'text':
			return { name: 'Text', help: 'Sharp, for slides, documents and code' };
		case 'motion':
			return { name: 'Motion', help: 'Smooth, for videos and games' };
	}
}

/** Why nothing is shared, and what to do about it; null where nothing is wrong. */
export function shareProblemWords(share: ShareState): { title: string; help: string } | null {
	if (share.kind !== 'problem') return null;
	const title = "Couldn't share your screen";
	switch (share.problem) {
		case 'refused':
			return {
				title,
				help: 'Your browser or system blocked it. Allow screen recording in your system settings.',
			};
		case 'failed':
			return { title, help: "It couldn't be captured. Try again, or pick another window." };
		case 'declined':
			return { title, help: share.message };
	}
}
