import { regionalLanguage } from './current.ts';

/**
 * A sentence with a count in it, in the form that the count asks for. The build replaces the forms by those
 * of the person's language, and names the rule of that language.
 *
 * @param count decides on the form, and stands for `#` in it, written as the language writes numbers
 * @param forms of the English sentence: for one, and for any other number. A language with one form has it alone.
 * @param values what stands for `{name}` in a form, by name
 */
export function plural(
	count: number,
	forms: string | readonly string[],
	values: Readonly<Record<string, string>> = {},
	rule: (count: number) => number = (n) => (n === 1 ? 0 : 1),
): string {
	const form =
		typeof forms === 'string' ? forms : (forms[Math.min(rule(count), forms.length - 1)] ?? '');
	return form.replaceAll(/#|\{(\w+)\}/g, (mark, name?: string) =>
		name === undefined
			? new Intl.NumberFormat(regionalLanguage()).format(count)
			: (values[name] ?? mark),
	);
}

/** A count for a badge. */
export function countWords(count: number): string {
	return count > 99 ? '99+' : String(count);
}
