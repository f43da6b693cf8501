import type { VideoMode } from '../engine/model.ts';

/** What a choice of video is called. */
export function videoModeWords(mode: VideoMode): string {
	switch (mode) {
		case 'full':
			return 'All videos';
		case 'save':
			return 'Data saver';
		case 'audio':
			return 'Audio only';
	}
}

/** What it means, where it is in force. */
export function savingWords(mode: Exclude<VideoMode, 'full'>): string {
	return mode === 'audio'
		? "Audio only. Videos aren't loaded and your camera is off."
		: 'Data saver is on: all videos are smaller, including yours.';
}
