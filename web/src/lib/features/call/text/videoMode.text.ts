import type { VideoMode } from '../engine/model.ts';

/** The name of a video mode. */
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

/** The effect of a video mode, while it is on. */
export function savingWords(mode: Exclude<VideoMode, 'full'>): string {
	return mode === 'audio'
		? "Audio only. Videos aren't loaded and your camera is off."
		: 'Data saver is on: all videos are smaller, including yours.';
}
