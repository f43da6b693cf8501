import * as v from 'valibot';
import { sealedText } from './encryption.ts';
import { sealedLength } from './encryptionLimits.ts';
import { limits } from './limits.ts';
import { sealedBodyForm } from './sealedForm.ts';
import { displayName, memberLabel, messageBody, roomName } from './text.ts';

/**
 * Of a message, what is quoted where another one replies to it. The rest of a longer text is sealed apart, so that a
 * quote brings no more than that.
 */
const begins = 120;

/** The text of a message as pages of an encrypted room send it. */
const sealedBody = (length: number) =>
	v.pipe(
		v.string(),
		v.maxLength(sealedLength(2 * begins) + 1 + sealedLength(length)),
		v.regex(sealedBodyForm),
	);

/** The beginning of a sealed text of a message, which is sealed by itself. */
export const beginningOf = (body: string): string => body.split(' ', 1)[0] ?? '';

/** The first characters of a text, which are quoted where another message replies to it. */
export const excerptOfText = (text: string): string =>
	Array.from(text.slice(0, 2 * begins))
		.slice(0, begins)
		.join('');

type Text = v.GenericSchema<string, string>;

/** What is wrong with a text that is neither: people write plain texts, and pages seal them. */
const asPlain = ({ issues }: { issues?: readonly { message: string }[] | undefined }): string =>
	issues?.[0]?.message ?? '';

/**
 * A text, or the same sealed: whether a room takes the one or the other is decided where the room is known.
 *
 * @param length of the text at most, in UTF-16 units.
 */
const orSealed = <S extends Text>(plain: S, length: number) =>
	v.union([plain, sealedText(sealedLength(length))], asPlain);

/** The text of a message, or the same sealed. */
export const orSealedBody = <S extends Text>(plain: S, length: number) =>
	v.union([plain, sealedBody(length)], asPlain);

/** A person's name in a room. */
export const nameInRoom = /*@__PURE__*/ orSealed(displayName, limits.nameLength);
/** The name that hosts give a room. */
export const nameOfRoom = /*@__PURE__*/ orSealed(roomName, limits.roomNameLength);
/** What hosts call a member's part in the room. */
export const labelInRoom = /*@__PURE__*/ orSealed(memberLabel, limits.labelLength);
/** The text of a message; it may be empty. */
export const bodyInRoom = /*@__PURE__*/ orSealedBody(messageBody, limits.messageLength);
