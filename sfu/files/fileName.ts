import { limits } from '#shared/limits.ts';

/**
 * Characters that draw nothing, break lines, or turn the direction of the following text: a name could hide its
 * extension with them. Joiners stay, because scripts and emoji need them.
 */
const deceptive =
	/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** The name under which a file is shown and saved: the last part of the sender's name for it, made harmless. */
export function fileNameOf(claimed: string): string {
	const last = claimed.slice(-limits.claimedNameLength).split(/[/\\]/).at(-1) ?? '';
	const name = last.toWellFormed().replaceAll(deceptive, '').trim();
	return shortened(withoutTail(name)) || 'file';
}

/** Windows drops dots and spaces at the end, which could change the extension. */
function withoutTail(name: string): string {
	let end = name.length;
	while (end > 0 && /[.\s]/.test(name.charAt(end - 1))) end--;
	return name.slice(0, end);
}

/** Shortens the name to the limit and keeps its extension. */
function shortened(name: string): string {
	if (name.length <= limits.fileNameLength) return name;
	const ending = /\.[^.\s]{1,20}$/.exec(name)?.[0] ?? '';
	const stem = name.slice(0, limits.fileNameLength - ending.length);
	// Does not cut a surrogate pair in the middle.
	return stem.replace(/[\uD800-\uDBFF]$/, '').trimEnd() + ending;
}
