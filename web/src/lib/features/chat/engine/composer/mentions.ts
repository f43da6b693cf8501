import type { ChatMember } from '#shared/chat.ts';
import type { PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';

/** Characters that continue a word: a name before one of them is the beginning of another word. */
const wordGoesOn = /^[\p{L}\p{N}\p{M}_]/u;
/** Before these, an `@` stands inside of something else, such as an address. */
const wordBefore = /[\p{L}\p{N}\p{M}_.+-]$/u;

/**
 * The members whom a text mentions by `@Name`, each once, in the order of the text. The longest name that fits counts.
 * All people who share a name are mentioned. Case does not count.
 */
export function mentionsIn(
	text: string,
	members: readonly Pick<ChatMember, 'personId' | 'name'>[],
): PersonId[] {
	const folded = fold(text);
	const people = members
		.map(({ personId, name }) => ({ personId, name: fold(name) }))
		.sort((a, b) => b.name.length - a.name.length);
	const found = new Set<PersonId>();
	for (let at = folded.indexOf('@'); at !== -1; at = folded.indexOf('@', at + 1)) {
		if (wordBefore.test(folded.slice(0, at).slice(-2))) continue;
		const rest = folded.slice(at + 1);
		const called = people.find(
			({ name }) => rest.startsWith(name) && !wordGoesOn.test(rest.slice(name.length)),
		);
		for (const { personId, name } of people) if (name === called?.name) found.add(personId);
	}
	return [...found].slice(0, limits.mentions);
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase();
