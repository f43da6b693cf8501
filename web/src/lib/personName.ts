import * as v from 'valibot';
import { limits } from '#shared/limits.ts';
import { displayName } from '#shared/text.ts';

export type CheckedName = { ok: true; name: string } | { ok: false; problem: string };

/** A name as the room will take it, or why it will not, in words for who typed it. */
export function checkName(typed: string): CheckedName {
	const parsed = v.safeParse(displayName, typed);
	if (parsed.success) return { ok: true, name: parsed.output };
	const [issue] = parsed.issues;
	if (issue.type === 'max_length') {
		return { ok: false, problem: `A name has at most ${limits.nameLength} characters.` };
	}
	return { ok: false, problem: issue.message };
}
