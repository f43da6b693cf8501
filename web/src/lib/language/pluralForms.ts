/** In the order of catalogues; browsers list the categories of a language in orders of their own. */
const categories = ['zero', 'one', 'two', 'few', 'many', 'other'] as const;

/** The place of a count's form among the forms of a sentence, by the rules of the language. */
export function pluralForm(language: string, count: number): number {
	const rules = new Intl.PluralRules(language);
	const own = new Set(rules.resolvedOptions().pluralCategories);
	return categories.filter((category) => own.has(category)).indexOf(rules.select(count));
}

/** How many forms the sentences of a language have for counts below a thousand: what catalogues hold. */
export function pluralFormsOf(language: string): number {
	const rules = new Intl.PluralRules(language);
	return new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count))).size;
}
