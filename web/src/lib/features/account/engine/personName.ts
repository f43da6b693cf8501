import * as v from 'valibot';
import { displayName } from '#shared/text.ts';

export type CheckedName = { ok: true; name: string } | { ok: false; problem: string };

/**
 * A name in the form that the room takes, or why it takes none, in words for the person who typed it.
 *
 * @param kind of name; that of a person if none is given
 */
export function checkName(
	typed: string,
	kind: v.GenericSchema<unknown, string> = displayName,
): CheckedName {
	const parsed = v.safeParse(kind, typed);
	return parsed.success
		? { ok: true, name: parsed.output }
		: { ok: false, problem: parsed.issues[0].message };
}
