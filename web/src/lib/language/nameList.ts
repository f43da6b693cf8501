import { currentLanguage } from './current.ts';
import { directionOf } from './languages.ts';
import { plural } from './plural.ts';

/**
 * Names as one phrase: all of them up to three, else two and how many more.
 *
 * @param count how many people there are; `names` are the first of them.
 */
export function nameList(names: readonly string[], count = names.length): string {
	if (count <= 3) {
		const language = currentLanguage();
		// Names of the other direction do not turn the phrase around.
		const listed =
			directionOf(language) === 'rtl' ? names.map((name) => `\u2068${name}\u2069`) : names;
		// Without the comma that Americans put before the last one.
		return new Intl.ListFormat(language === 'en' ? 'en-GB' : language).format(listed);
	}
	const [first = '', second = ''] = names;
	return plural(count - 2, ['{first}, {second} and 1 other', '{first}, {second} and # others'], {
		first,
		second,
	});
}
