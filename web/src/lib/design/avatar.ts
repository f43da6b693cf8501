/** Backgrounds on which white text has a contrast of 4.5 or more. */
export const avatarColours = [
	'#2f6f5e',
	'#35618f',
	'#6a4c93',
	'#8a3b6b',
	'#9a3f3f',
	'#8a5214',
	'#5a671d',
	'#2a6877',
	'#4a5a9e',
	'#7a5230',
	'#4d5c66',
	'#80406e',
] as const;

/** The colour that goes with an id: the same on every screen, evenly spread (FNV-1a). */
export function avatarColour(id: string): string {
	let hash = 0x811c9dc5;
	for (let index = 0; index < id.length; index++) {
		hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193) >>> 0;
	}
	return avatarColours[hash % avatarColours.length] ?? avatarColours[0];
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function firstGrapheme(word: string): string {
	for (const { segment } of graphemes.segment(word)) return segment;
	return '';
}

/** Kept apart: letters of a script whose letters join would make another word. */
const joining = /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Nko}\p{Script=Mongolian}]$/u;
const nonJoiner = '\u200C';

/** A number, as that of a guest, says more than its first digit. Of a long one the end does. */
const shortOf = (word: string): string =>
	/^\p{N}+$/u.test(word) ? word.slice(-3) : firstGrapheme(word);

/** What stands for a name: the first letters of its first and its last word, which may be a number. */
export function initials(name: string): string {
	const words = name.split(/[\s._()[\]-]+/).filter((word) => /[\p{L}\p{N}\p{Emoji}]/u.test(word));
	const [first = name.trim(), last = ''] = words.length > 1 ? [words[0], words.at(-1)] : words;
	const [start, end] = [firstGrapheme(first), shortOf(last)];
	return `${start}${joining.test(start) && end ? nonJoiner : ''}${end}`.toLocaleUpperCase();
}
