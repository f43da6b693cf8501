import * as v from 'valibot';
import { rulesVersion } from '#shared/match.ts';
import type { Sent } from '#shared/protocol.ts';
import type { Choice } from './model.ts';

const key = 'parley:next';

const choice = v.object({
	mode: v.fallback(v.picklist(['video', 'text']), 'video'),
	interests: v.fallback(v.array(v.string()), []),
	language: v.fallback(v.nullable(v.string()), null),
	name: v.fallback(v.string(), ''),
});

/** The last choice of the person; the defaults if the browser keeps nothing. */
export function recallChoice(): Choice {
	try {
		return v.parse(choice, JSON.parse(localStorage.getItem(key) ?? '{}'));
	} catch {
		return v.parse(choice, {});
	}
}

/** Remembers the choice, if the browser allows it. */
export function rememberChoice(chosen: Choice): void {
	try {
		localStorage.setItem(key, JSON.stringify(chosen));
	} catch {
		// A full or forbidden storage costs a habit, not a meeting.
	}
}

/** A choice in the form of the protocol. */
export const wishOf = (
	{ mode, interests, language, name }: Choice,
	agree: boolean,
): Sent<'match:start'> => ({
	...{ mode, language, interests: [...interests], name: name.trim() || null },
	...(agree && { agree: rulesVersion }),
});
