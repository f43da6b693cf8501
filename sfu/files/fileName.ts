import { limits } from '#shared/limits.ts';

/**
 * Characters that draw nothing, break lines, or turn the direction of what follows: with them a name could
 * hide its ending. Joiners stay, scripts and emoji need them.
 */
const deceptive =
	/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** The name a file is shown and saved under: the last part of what its sender calls it, made harmless. */
export function fileNameOf(claimed: string): string {
	const last = claimed.slice(-limits.claimedNameLength).split(/[/\\]/).at(-1) ?? '';
	const name = last.toWellFormed().replaceAll(deceptive, '').trim();
	return shortened(withoutTail(name)) || 'file';
}

/** Windows drops dots and blanks at the end, and with them what an ending looked like. */
function withoutTail(name: string): string {
	let end = name.length;
	while (end > 0 && /[.\s]/.test(name.charAt(end - 1))) end--;
	return name.slice(0, end);
}

/** At most as long as names may be, with the ending that says what it is. */
function shortened(name: string): string {
	if (name.length <= limits.fileNameLength) return name;
	const ending = /\.[^.\s]{1,20}$/.exec(name)?.[0] ?? '';
	const stem = name.slice(0, limits.fileNameLength - ending.length);
	// A character of two halves is not cut in the middle.
	return stem.replace(/[\uD800-\uDBFF]$/, '').trimEnd() + ending;
}
