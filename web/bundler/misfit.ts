/** What is put into a text, and the elements around parts of it: `{0}`, `{name}`, `<0>`, `</0>`, `<0/>`. */
const marks = /\{\w+\}|<\/?\d+\/?>/g;

const marksOf = (text: string): string => [...text.matchAll(marks)].flat().toSorted().join(' ');

/**
 * What is wrong with a translation, in words; null when it fits. Whether it says the same is for people to judge.
 *
 * @param source the text in English: one, or its forms for one and for more
 * @param translation the same in another language
 * @param forms how many the language has for counts
 */
export function misfit(
	source: readonly string[],
	translation: readonly string[],
	forms: number,
): string | null {
	if (translation.length === 0 || translation.some((form) => form.trim() === ''))
		return 'is not translated';
	const needed = source.length > 1 ? forms : 1;
	if (translation.length !== needed) return `has ${translation.length} forms instead of ${needed}`;
	for (const form of translation) {
		const [wanted, found] = [marksOf(source[0] ?? ''), marksOf(form)];
		if (wanted !== found)
			return `has ${found || 'nothing'} put in instead of ${wanted || 'nothing'}`;
	}
	const counts = (forms: readonly string[]): boolean => forms.at(-1)?.includes('#') === true;
	if (source.length > 1 && counts(source) !== counts(translation))
		return 'does not put the count in as # where English does';
	return null;
}
