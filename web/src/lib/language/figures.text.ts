import { regionalLanguage } from './current.ts';

/** What stands for a figure that was not told, or does not apply. */
export const none = '–';

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

/** The size of memory. */
export function bytesWords(bytes: number | null): string {
	if (bytes === null) return none;
	return bytes < 1_000_000_000
		? number(bytes / 1_000_000, 0, 'megabyte')
		: number(bytes / 1_000_000_000, 2, 'gigabyte');
}
