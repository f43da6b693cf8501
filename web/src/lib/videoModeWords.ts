import type { VideoMode } from './call/model.ts';

/** What a choice of video is called. */
export function videoModeWords(mode: VideoMode): string {
	switch (mode) {
		case 'full':
			return 'All videos';
		case 'save':
			return 'Save data';
		case 'audio':
			return 'Audio only';
	}
}

/** What it means, where it is in force. */
export function savingWords(mode: Exclude<VideoMode, 'full'>): string {
	return mode === 'audio'
		? 'Audio only: videos are not loaded, and your camera is off.'
		: 'Saving data: videos are small, and so is yours.';
}
