/** The word that the person is typing: a name after an @, or the name of an emoji after a colon. */
export type Beginning = {
	readonly kind: 'name' | 'emoji';
	/** The text that is typed already, without the character before it. */
	readonly query: string;
	/** Where in the text that character stands. */
	readonly from: number;
};

/** Longer names are not completed: what follows an @ far behind the caret is a sentence. */
const longestName = 40;
const emojiBeginning = /(?:^|[\s(])(:([\p{L}\d_+-]{2,30}))$/u;
const nameBeginning = /(?:^|[\s([{"'“‘])(@([^@\n]*))$/u;

/** The word at the caret that could be completed; null if there is none. */
export function beginningAt(text: string, caret: number): Beginning | null {
	const before = text.slice(0, caret);
	const emoji = emojiBeginning.exec(before);
	if (emoji) return { kind: 'emoji', query: emoji[2] ?? '', from: caret - (emoji[1]?.length ?? 0) };
	const name = nameBeginning.exec(before.slice(-longestName - 2));
	const query = name?.[2];
	if (query === undefined || /^\s/.test(query)) return null;
	return { kind: 'name', query, from: caret - query.length - 1 };
}

/** The name of an emoji that was just closed with its second colon, as `:tada:`. */
export function closedEmojiName(text: string, caret: number): string | null {
	return /(?:^|[\s(]):([\p{L}\d_+-]{2,30}):$/u.exec(text.slice(0, caret))?.[1] ?? null;
}

/** Replaces the beginning of the word by the chosen text, and puts the caret after it. */
export function complete(
	text: string,
	caret: number,
	from: number,
	chosen: string,
): { text: string; caret: number } {
	const rest = text.slice(caret);
	const blank = /^\s/.test(rest) ? '' : ' ';
	const before = text.slice(0, from) + chosen;
	return { text: before + blank + rest, caret: before.length + 1 };
}

const folded = (text: string): string =>
	text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The people whose name, or a word of it, begins with the query. Those whose whole name does come first. */
export function matchNames<P extends { readonly name: string }>(
	people: readonly P[],
	query: string,
	most = 6,
): P[] {
	const wanted = folded(query);
	const ranked = people.flatMap((person) => {
		const name = folded(person.name);
		if (name.startsWith(wanted)) return [{ person, rank: 0 }];
		const inside = name.split(/[\s_.-]+/).some((word) => word.startsWith(wanted));
		return inside ? [{ person, rank: 1 }] : [];
	});
	return ranked
		.sort((a, b) => a.rank - b.rank || a.person.name.localeCompare(b.person.name))
		.slice(0, most)
		.map(({ person }) => person);
}

/** Sorts emoji: those with a shortcode that begins with the query first, and of these the shortest. */
export function rankEmoji<E extends { readonly shortcodes?: readonly string[] }>(
	found: readonly E[],
	query: string,
	most = 8,
): E[] {
	const wanted = query.toLowerCase();
	const rank = ({ shortcodes = [] }: E): number => {
		const lengths = shortcodes.filter((code) => code.startsWith(wanted)).map((c) => c.length);
		return lengths.length > 0 ? Math.min(...lengths) : 1000;
	};
	return [...found].sort((a, b) => rank(a) - rank(b)).slice(0, most);
}
