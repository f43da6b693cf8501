import * as v from 'valibot';
import { limits } from './limits.ts';

/**
 * Characters that draw nothing and that no name needs. They come along when a name is copied. Joiners are not among
 * them: Persian, Indic scripts and emoji need those.
 */
const superfluous = /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202C\u2060-\u2069\uFEFF]/gu;

/** Characters that break the line or reorder letters: no honest name needs them. */
const disruptiveInName = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202D\u202E]/u;

/** A name without the invisible characters that came along with it. Tabs become blanks. */
const cleanName = (name: string): string =>
	name.replaceAll('\t', ' ').replaceAll(superfluous, '').trim();

/** A visible character. Spaces, combining marks alone, and joiners alone are not visible. */
const visible = /[^\s\p{M}\p{Cf}\u2800\u3164\uFFA0\u115F\u1160]/u;

/** One line of visible characters, cleaned: shown as text, never as markup. */
const nameOf = (most: number) => {
	const tooLong = () => `Names can have up to ${most} characters.`;
	return v.pipe(
		v.string(),
		v.maxLength(most * 2, tooLong),
		v.transform(cleanName),
		v.minLength(1, () => 'Enter your name.'),
		v.maxLength(most, tooLong),
		v.check(
			(name) => !disruptiveInName.test(name),
			() => "Names can't contain invisible characters.",
		),
		v.check(
			(name) => visible.test(name),
			() => 'Enter your name.',
		),
	);
};

/** A person's name in a room. */
export const displayName = nameOf(limits.nameLength);

/** How much of a name of another system is looked at, in UTF-16 units. */
const maxForeignNameCharacters = 1024;

/** The beginning of a name that is not too long. A letter is not cut from its marks, nor an emoji into its parts. */
function cutName(name: string): string {
	const clean = cleanName(name.slice(0, maxForeignNameCharacters));
	if (clean.length <= limits.nameLength) return clean;
	let end = 0;
	for (const { index, segment } of new Intl.Segmenter('und').segment(clean)) {
		const next = index + segment.length;
		if (next > limits.nameLength) break;
		end = next;
	}
	return clean.slice(0, end);
}

/** A person's name as another system gives it. A longer one is cut: the person could not change it. */
export const foreignName = /*@__PURE__*/ v.pipe(v.string(), v.transform(cutName), displayName);

/** The name that hosts give a room. */
export const roomName = /*@__PURE__*/ nameOf(limits.roomNameLength);

/** What hosts call a member's part in the room, such as tutor. */
export const memberLabel = /*@__PURE__*/ nameOf(limits.labelLength);

/**
 * Control characters, lone surrogates, and characters that turn the direction of the following text. Marks and isolates
 * of right-to-left scripts are allowed: their effect ends with the message.
 */
const disruptive = /[\p{Cs}\u202A-\u202E]|(?![\n\t])\p{Cc}/u;

/**
 * The text of a message, in Parley's small part of Markdown. It may be empty if the message has files; `saysSomething`
 * checks that.
 */
export const messageBody = v.pipe(
	v.string(),
	v.maxLength(
		limits.messageLength * 2,
		() => `Messages can have up to ${limits.messageLength} characters. Send longer text as a file.`,
	),
	v.transform((body) => body.replaceAll(/\r\n?/g, '\n').trimEnd().replace(/^\n+/, '')),
	v.maxLength(
		limits.messageLength,
		() => `Messages can have up to ${limits.messageLength} characters. Send longer text as a file.`,
	),
	v.check(
		(body) => !disruptive.test(body),
		() => "This message contains characters that aren't allowed.",
	),
);

/** Whether the text has a visible character. */
export const saysSomething = (text: string): boolean => visible.test(text);
