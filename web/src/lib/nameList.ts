import { currentLanguage } from './language/current.ts';
import { plural } from './language/plural.ts';

/** Names as one phrase: all of them up to three, else two and how many more. */
export function nameList(names: readonly string[]): string {
	if (names.length <= 3) {
		const language = currentLanguage();
		// Without the comma that Americans put before the last one.
		return new Intl.ListFormat(language === 'en' ? 'en-GB' : language).format(names);
	}
	const [first = '', second = ''] = names;
	return plural(
		names.length - 2,
		['{first}, {second} and 1 other', '{first}, {second} and # others'],
		{ first, second },
	);
}
