import { isSealedBody } from '#shared/sealed.ts';

/** Only this many characters of a longer word are indexed: databases do not accept words of any length. */
const maxWordLength = 64;

/** Runs of scripts that put no spaces between words. Splitting them would need a dictionary. */
const unspaced =
	/[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}][\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}\p{M}]*/gv;

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

function separated(run: string): string {
	return ` ${Array.from(segmenter.segment(run), ({ segment }) => segment).join(' ')} `;
}

/** Upper case first, because "ß" becomes two letters; the Greek final sigma becomes a sigma. */
const caseless = (text: string) => text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/**
 * The different words of a text in the form in which they are searched for: without case, accents and punctuation. They
 * consist of letters and digits only, so that they are safe in any query. A sealed text has none.
 */
export function words(text: string): string[] {
	if (isSealedBody(text)) return [];
	const folded = caseless(
		text
			.normalize('NFKC')
			.replaceAll(unspaced, separated)
			.normalize('NFKD')
			.replaceAll(/\p{M}+/gu, ''),
	);
	const found = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
	return [...new Set(found.map((word) => Array.from(word).slice(0, maxWordLength).join('')))];
}
