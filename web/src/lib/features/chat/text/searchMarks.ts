import { piecesOf, searchWords } from '#shared/searchWords.ts';
import { plainExcerpt } from './chat.text.ts';

type Part = { text: string; found: boolean };

/** A run of what words are made of. Signs such as "™" count where they stand for letters. */
const run = /[\p{L}\p{N}\p{M}[\p{So}&&\p{Changes_When_NFKC_Casefolded}]]+/gv;

/** A text in parts. Words that begin with a word of the query, as the search reads both, are set apart. */
export function searchMarks(text: string, query: string): Part[] {
	const beginnings = searchWords(query);
	const matches = (piece: string) =>
		searchWords(piece).some((word) => beginnings.some((beginning) => word.startsWith(beginning)));
	const parts: Part[] = [];
	const add = (piece: string, found: boolean) => {
		const last = parts.at(-1);
		if (last?.found === found) last.text += piece;
		else if (piece !== '') parts.push({ text: piece, found });
	};
	let at = 0;
	for (const { 0: letters, index } of text.matchAll(run)) {
		add(text.slice(at, index), false);
		at = index + letters.length;
		const pieces = piecesOf(letters).map((piece) => ({ piece, found: matches(piece) }));
		// The search may have split what it brought into another form elsewhere.
		if (!pieces.some(({ found }) => found)) add(letters, matches(letters));
		else for (const { piece, found } of pieces) add(piece, found);
	}
	add(text.slice(at), false);
	return parts;
}

/** Characters before the first one that was found, and altogether, of a message in the list of results. */
const lead = 50;
const most = 160;

/** The nearest place at or before `at` that splits no character from its marks. */
function between(text: string, at: number): number {
	let place = at;
	while (
		place > 0 &&
		place < text.length &&
		/^[\p{M}\u200D\uDC00-\uDFFF]/u.test(text.slice(place, place + 2))
	)
		place--;
	return place;
}

/** The part of a message around the first word that was searched for, in parts as `searchMarks` makes them. */
export function searchExcerpt(body: string, query: string): Part[] {
	const plain = searchMarks(plainExcerpt(body, Number.POSITIVE_INFINITY), query);
	// What was found may be markup, such as the number of a line in a list.
	const parts = plain.some(({ found }) => found)
		? plain
		: searchMarks(body.replaceAll(/\s+/g, ' '), query);
	const text = parts.map((part) => part.text).join('');
	const first = parts.findIndex(({ found }) => found);
	const at = parts.slice(0, Math.max(first, 0)).reduce((sum, part) => sum + part.text.length, 0);
	const space = text.indexOf(' ', at - lead);
	const cut = space !== -1 && space < at ? space + 1 : between(text, at - lead);
	const from = at > most / 2 ? cut : 0;
	const to = between(text, from + most);
	const shown: Part[] = from > 0 ? [{ text: '…', found: false }] : [];
	let place = 0;
	for (const part of parts) {
		const piece = part.text.slice(Math.max(0, from - place), Math.max(0, to - place));
		if (piece !== '') shown.push({ text: piece, found: part.found });
		place += part.text.length;
	}
	if (to < text.length) shown.push({ text: '…', found: false });
	return shown;
}
