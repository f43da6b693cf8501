/** Only this many characters of a longer word are searched for: databases do not accept words of any length. */
const maxWordLength = 64;

/** Runs of scripts that put no spaces between words. Splitting them would need a dictionary. */
const unspaced =
	/[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}][\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{M}]*/gv;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** A text in pieces, which end where a word of a script without spaces does. Together they are the text. */
export function piecesOf(text: string): string[] {
	const pieces: string[] = [];
	let at = 0;
	for (const { 0: run, index } of text.matchAll(unspaced)) {
		if (index > at) pieces.push(text.slice(at, index));
		for (const { segment } of segmenter.segment(run)) pieces.push(segment);
		at = index + run.length;
	}
	return at < text.length ? [...pieces, text.slice(at)] : pieces;
}

/** Upper case first, because "ß" becomes two letters; the Greek final sigma becomes a sigma. */
const caseless = (text: string) => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/**
 * The different words of a text in the form in which they are searched for: without case, accents and punctuation. They
 * consist of letters and digits only, so that they are safe in any query.
 */
export function searchWords(text: string): string[] {
	const folded = caseless(
		piecesOf(text.normalize('NFKC'))
			.join(' ')
			.normalize('NFKD')
			.replaceAll(/\p{M}+/gu, ''),
	);
	const found = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
	return [...new Set(found.map((word) => Array.from(word).slice(0, maxWordLength).join('')))];
}
