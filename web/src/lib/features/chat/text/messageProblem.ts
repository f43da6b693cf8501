import * as v from 'valibot';
import { messageBody } from '#shared/text.ts';

/** Why a text will not be taken as a message, in words for who wrote it; null when it will. */
export function messageProblem(text: string): string | null {
	const parsed = v.safeParse(messageBody, text);
	return parsed.success ? null : parsed.issues[0].message;
}
