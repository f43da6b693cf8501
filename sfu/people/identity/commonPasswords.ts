import { CodedError } from '#shared/errors.ts';
import { limits } from '#shared/limits.ts';

const caseless = (text: string) => text.normalize('NFKC').toLowerCase();

let common: Promise<ReadonlySet<string>> | null = null;

/** A long list of the passwords that occur most often in leaks, read at the first use. */
async function load(): Promise<ReadonlySet<string>> {
	const { dictionary } = await import('@zxcvbn-ts/language-common');
	return new Set(dictionary['passwords-common'].map((password) => caseless(String(password))));
}

/** The shortest part that the text repeats, such as `abc` of `abcabcabcabc`; the whole text if it repeats none. */
function repeatedPart(text: string): string {
	// The length of the longest border at each position (Knuth, Morris and Pratt).
	const borders = [0];
	for (let at = 1, border = 0; at < text.length; at++) {
		while (border > 0 && text[at] !== text[border]) border = borders[border - 1] ?? 0;
		if (text[at] === text[border]) border++;
		borders.push(border);
	}
	const period = text.length - (borders.at(-1) ?? 0);
	return text.length % period === 0 ? text.slice(0, period) : text;
}

/** Rows of keys and of letters, in both directions. */
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const runs = rows.flatMap((row) => [row, [...row].reverse().join('')]);

/**
 * Refuses passwords that are tried first: known ones, one repeated word or run of keys, and the person's own name.
 *
 * @throws {CodedError} WEAK_PASSWORD.
 */
export async function checkPassword(password: string, userName: string): Promise<void> {
	const known = await (common ??= load());
	const plain = caseless(password);
	const part = repeatedPart(plain);
	const weak =
		known.has(plain) ||
		part.length <= 2 ||
		(part !== plain && (known.has(part) || part.length <= 4)) ||
		runs.some((run) => run.includes(part));
	if (weak) throw new CodedError('WEAK_PASSWORD');
	const name = caseless(userName);
	if (name !== '' && plain.replaceAll(name, '').length < limits.ownPasswordLength / 2)
		throw new CodedError(
			'WEAK_PASSWORD',
			'This password is too close to your username. Choose another.',
		);
}
