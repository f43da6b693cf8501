/** What is put into a text, and the elements around parts of it: `{0}`, `{name}`, `<0>`, `</0>`, `<0/>`. */
const marks = /\{\w+\}|<\/?\d+\/?>/g;

const marksOf = (text: string): string => [...text.matchAll(marks)].flat().toSorted().join(' ');

/**
 * What is wrong with a translation, in words; null when it fits. Whether it says the same is for people to judge.
 *
 * @param source the text in English: one, or its forms for one and for more
 * @param translation the same in another language, with as many forms as English has
 */
export function misfit(source: readonly string[], translation: readonly string[]): string | null {
	if (translation.length === 0 || translation.some((form) => form.trim() === ''))
		return 'is not translated';
	if (translation.length !== source.length)
		return `has ${translation.length} forms instead of ${source.length}`;
	for (const [index, form] of translation.entries()) {
		const [wanted, found] = [marksOf(source[index] ?? ''), marksOf(form)];
		if (wanted !== found)
			return `has ${found || 'nothing'} put in instead of ${wanted || 'nothing'}`;
	}
	const counts = (forms: readonly string[]): boolean => forms.at(-1)?.includes('#') === true;
	if (source.length > 1 && counts(source) !== counts(translation))
		return 'does not put the count in as # where English does';
	return null;
}
