import type { Limitation, StreamFigures } from '../engine/statistics/figures.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import { none } from '#lib/language/figures.text.ts';

/** The size of a picture. */
export function sizeWords({ width, height }: Pick<StreamFigures, 'width' | 'height'>): string {
	return width && height ? `${width} × ${height}` : none;
}

/** The heights of the pictures that are sent now. */
export function layersWords({ layers }: Pick<StreamFigures, 'layers'>): string {
	const heights = layers.filter(({ active }) => active).map(({ height }) => height);
	return heights.length > 0 ? heights.join(' + ') : none;
}

/** Why a picture is sent worse than it could be. */
export function limitationWords(limitation: Limitation | null): string {
	switch (limitation) {
		case null:
			return none;
		case 'none':
			return 'Nothing';
		case 'cpu':
			return 'Your device';
		case 'bandwidth':
			return 'Your connection';
		case 'other':
			return 'Other';
	}
}

export function sourceWords(source: MediaSource): string {
	switch (source) {
		case 'microphone':
			return 'Microphone';
		case 'camera':
			return 'Camera';
		case 'screen':
			return 'Screen';
		case 'screen-audio':
			return 'Screen audio';
	}
}
