import * as v from 'valibot';
import { limits } from './limits.ts';

/** Characters that draw nothing or reorder their neighbours: no honest name needs them. */
const invisible =
	/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

/** A visible character. Spaces, combining marks alone, and joiners alone are not visible. */
const visible = /[^\s\p{M}\p{Cf}\u2800\u3164\uFFA0\u115F\u1160]/u;

/** One line of visible characters, trimmed: shown as text, never as markup. */
const nameOf = (most: number) => {
	const tooLong = () => `Names can have up to ${most} characters.`;
	return v.pipe(
		v.string(),
		v.maxLength(most * 2, tooLong),
		v.trim(),
		v.minLength(1, () => 'Enter your name.'),
		v.maxLength(most, tooLong),
		v.check(
			(name) => !invisible.test(name),
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
