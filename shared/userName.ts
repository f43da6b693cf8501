import * as v from 'valibot';
import { limits } from './limits.ts';

const { min, max } = limits.userNameLength;

/**
 * Letters and digits, and between them dots, dashes and underscores: characters that can be typed and read aloud.
 * Digits of other alphabets look like letters, or like other digits, and are not allowed.
 */
const shape = /^[\p{L}0-9][\p{L}\p{M}0-9._-]*$/u;

/** Alphabets that are written together count as one. */
const alphabets = [
	/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]*$/u,
	/^[\p{Script=Han}\p{Script=Hangul}]*$/u,
	/^[\p{Script=Han}\p{Script=Bopomofo}]*$/u,
];

/** Whether all letters of a name belong to one alphabet. */
function isOneAlphabet(name: string): boolean {
	const letters = name.replaceAll(/[^\p{L}]/gu, '');
	const [first] = letters;
	if (first === undefined) return true;
	const script = scripts.find((one) => one.test(first));
	if (script && Array.from(letters).every((letter) => script.test(letter))) return true;
	return alphabets.some((alphabet) => alphabet.test(letters));
}

const scripts = [
	...['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Armenian', 'Bengali', 'Devanagari', 'Ethiopic'],
	...['Georgian', 'Gujarati', 'Gurmukhi', 'Hebrew', 'Kannada', 'Khmer', 'Lao', 'Malayalam'],
	...['Mongolian', 'Myanmar', 'Oriya', 'Sinhala', 'Tamil', 'Telugu', 'Thai', 'Tibetan'],
].map((script) => new RegExp(`\\p{Script=${script}}`, 'u'));

/** A name without regard to case and Unicode normalisation. */
export const foldedName = (name: string): string =>
	name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

const tooLong = () => `Usernames can have up to ${max} characters.`;

/**
 * A user name, stored as it was written; `nameSkeleton` says which names count as the same. Only imitators need two
 * alphabets in one name.
 */
export const userName = v.pipe(
	v.string(),
	v.maxLength(max * 4, tooLong),
	v.transform((name) => name.normalize('NFKC').trim()),
	v.minLength(min, () => `Usernames need at least ${min} characters.`),
	v.maxLength(max, tooLong),
	v.regex(
		shape,
		() =>
			'Usernames start with a letter or digit and can only contain letters, digits, dots, dashes and underscores.',
	),
	v.check(isOneAlphabet, () => "Usernames can't mix alphabets."),
);

/**
 * Small letters of other alphabets, letters with a stroke, small capitals, and digits, by the Latin letter that they
 * look like, after the confusables of Unicode's UTS 39. Its whole data would be a hundred kilobytes for alphabets that
 * a name cannot mix anyway, and no package that carries it is maintained.
 */
const lookAlikes = new Map<string, string>(
	Object.entries({
		a: 'аαɑᴀⱥ',
		b: 'вьβƅƀʙ',
		c: 'сϲᴄȼ',
		d: 'ԁɗđᴅ',
		e: 'еєεҽᴇɇǝ',
		f: 'ғƒꜰ',
		g: 'ցɡɢǥ',
		h: 'һнհηħʜ',
		j: 'јϳɉᴊ',
		k: 'кκқĸᴋ',
		l: '1iіιıɩӏłƚɨɪʟ',
		m: 'мʍᴍ',
		n: 'пոռɴ',
		o: '0оοσօөøɵᴏ',
		p: 'рρᴘ',
		q: 'ԛզ',
		r: 'гᴦʀɍ',
		s: '5ѕꜱ',
		t: 'тτŧᴛ',
		u: 'υսʉᴜ',
		v: 'ѵνʋᴠ',
		w: 'ԝшωաᴡ',
		x: 'хχ',
		y: 'уγүყɏʏ',
		z: '2ʒᴢƶ',
	}).flatMap(([latin, others]) => Array.from(others, (other) => [other, latin] as const)),
);

/**
 * What a name looks like: two names with the same skeleton look the same, so only one of them can be taken. Case,
 * accents, punctuation, and look-alike letters and digits make no difference.
 */
export function nameSkeleton(name: string): string {
	const plain = foldedName(name)
		.normalize('NFKD')
		.replaceAll(/[\p{M}._-]/gu, '');
	const latin = Array.from(plain, (letter) => lookAlikes.get(letter) ?? letter).join('');
	return latin.replaceAll('rn', 'm').replaceAll('vv', 'w');
}
