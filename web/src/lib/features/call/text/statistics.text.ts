import type { Limitation, StreamFigures } from '../engine/statistics/figures.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import { regionalLanguage } from '#lib/language/current.ts';

/** What stands for a figure that was not told, or does not apply. */
const none = '–';

const number = (value: number, digits: number, unit: string): string =>
	new Intl.NumberFormat(regionalLanguage(), {
		style: 'unit',
		unit,
		maximumFractionDigits: digits,
	}).format(value);

/** @param bits per second */
export function bitrateWords(bits: number | null): string {
	if (bits === null) return none;
	return bits < 1_000_000
		? number(bits / 1000, 0, 'kilobit-per-second')
		: number(bits / 1_000_000, 2, 'megabit-per-second');
}

/** @param share 0 to 1 */
export function shareWords(share: number | null): string {
	return share === null ? none : number(share * 100, 1, 'percent');
}

export function millisecondsWords(milliseconds: number | null): string {
	return milliseconds === null ? none : number(milliseconds, 0, 'millisecond');
}

/** @param count a second, or how often. */
export function countWords(count: number | null): string {
	if (count === null) return none;
	return new Intl.NumberFormat(regionalLanguage(), { maximumFractionDigits: 0 }).format(count);
}

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
