import * as v from 'valibot';
import { limits } from './limits.ts';

/** Characters that draw nothing or reorder their neighbours: no name needs them, frauds do. */
const invisible =
	/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;

/** Something that draws. Blanks, combining marks alone, and joiners alone do not. */
const visible = /[^\s\p{M}\p{Cf}\u2800\u3164\uFFA0\u115F\u1160]/u;

/** What a person is called in a room: shown as text, never as markup. */
export const displayName = v.pipe(
	v.string(),
	v.maxLength(limits.nameLength * 2),
	v.trim(),
	v.minLength(1, () => 'A name is needed.'),
	v.maxLength(limits.nameLength, () => `A name has at most ${limits.nameLength} characters.`),
	v.check(
		(name) => !invisible.test(name),
		() => 'A name has only visible characters.',
	),
	v.check(
		(name) => visible.test(name),
		() => 'A name is needed.',
	),
);

/**
 * Control characters, halves of characters, and those that turn the direction of what follows. Marks
 * and isolates of right-to-left scripts are not among them: they end with the message.
 */
const disruptive = /[\p{Cs}\u202A-\u202E]|(?![\n\t])\p{Cc}/u;

/**
 * The text of a message, in Parley's small part of Markdown. It may be empty where files go with it,
 * which `saysSomething` is for.
 */
export const messageBody = v.pipe(
	v.string(),
	v.maxLength(
		limits.messageLength * 2,
		() => `A message has at most ${limits.messageLength} characters. Send longer text as a file.`,
	),
	v.transform((body) => body.replaceAll(/\r\n?/g, '\n').trimEnd().replace(/^\n+/, '')),
	v.maxLength(
		limits.messageLength,
		() => `A message has at most ${limits.messageLength} characters. Send longer text as a file.`,
	),
	v.check(
		(body) => !disruptive.test(body),
		() => 'A message has no control characters and none that turn the direction of text.',
	),
);

/** Whether anything of this text can be seen. */
export const saysSomething = (text: string): boolean => visible.test(text);
