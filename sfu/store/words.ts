/** A longer word counts by its beginning: databases do not take words of any length. */
const longest = 64;

/** Runs of the scripts that put no blanks between words, which take a dictionary to cut up. */
const unspaced =
	/[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}][\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{M}]*/gv;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function separated(run: string): string {
	return ` ${Array.from(segmenter.segment(run), ({ segment }) => segment).join(' ')} `;
}

/** Upper case first, because "ß" has two letters there; the Greek sigma at a word's end is a sigma. */
const caseless = (text: string) => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/**
 * The different words of a text, as they are searched for: without case, accents and punctuation. They
 * consist of letters and digits only, so that they can stand in any query.
 */
export function words(text: string): string[] {
	const folded = caseless(
		text
			.normalize('NFKC')
			.replaceAll(unspaced, separated)
			.normalize('NFKD')
			.replaceAll(/\p{M}+/gu, ''),
	);
	const found = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
	return [...new Set(found.map((word) => Array.from(word).slice(0, longest).join('')))];
}
