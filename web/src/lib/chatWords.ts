import type { Retention, SystemEvent } from '#shared/chat.ts';

type Named = { readonly name: string };

/** Names as one phrase: all of them up to three, else two and how many more. */
export function nameList(names: readonly string[]): string {
	const unique = [...new Set(names)];
	const [first = '', second = ''] = unique;
	if (unique.length > 3) return `${first}, ${second} and ${unique.length - 2} others`;
	return unique.length > 1 ? `${unique.slice(0, -1).join(', ')} and ${unique.at(-1) ?? ''}` : first;
}

/** Who is writing now; empty for nobody. */
export function typingWords(people: readonly Named[]): string {
	const names = people.map(({ name }) => name);
	if (names.length === 0) return '';
	if (names.length > 2) return 'Several people are typing…';
	return `${nameList(names)} ${names.length === 1 ? 'is' : 'are'} typing…`;
}

/** How long a chat is kept, to go on after "The chat is kept". */
export function retentionWords(retention: Retention): string {
	switch (retention.kind) {
		case 'forever':
			return 'until somebody deletes it';
		case 'days':
			return retention.days === 1 ? 'for 1 day' : `for ${retention.days} days`;
		case 'until-empty':
			return 'until the last person leaves the call';
	}
}

/** One system line in words. */
export function eventWords(who: string, system: SystemEvent): string {
	switch (system.event) {
		case 'joined':
			return `${who} joined`;
		case 'left':
			return `${who} left`;
		case 'retention':
			return `${who} decided that the chat is kept ${retentionWords(system.retention)}`;
		case 'named-host':
			return `${who} made ${system.person.name} a host`;
		case 'unnamed-host':
			return `${who} made ${system.person.name} a host no longer`;
		case 'removed':
			return `${who} removed ${system.person.name}`;
		case 'allowed':
			return `${who} allowed ${system.person.name} to come again`;
		case 'muted-everybody':
			return `${who} muted everybody`;
		case 'locked':
			return `${who} ${system.locked ? 'locked' : 'unlocked'} the room`;
		case 'password':
			return `${who} ${system.set ? 'set a password' : 'took the password away'}`;
		case 'ended-call':
			return `${who} ended the call`;
	}
}

/** A run of comings and goings in one line: "Ada, Bo and 2 others joined · Ada left". */
export function runWords(
	lines: readonly { readonly author: Named; readonly system: SystemEvent }[],
): string {
	const [only] = lines;
	if (lines.length === 1 && only) return eventWords(only.author.name, only.system);
	const who = (event: 'joined' | 'left'): string =>
		nameList(lines.filter(({ system }) => system.event === event).map(({ author }) => author.name));
	const [joined, left] = [who('joined'), who('left')];
	return [joined && `${joined} joined`, left && `${left} left`].filter(Boolean).join(' · ');
}

/** Whom a reaction is from. */
export function reactionWords(
	emoji: string,
	people: readonly string[],
	names: ReadonlyMap<string, string>,
	you: string | null,
): string {
	const others = people.filter((id) => id !== you).map((id) => names.get(id) ?? 'Somebody');
	const all = you !== null && people.includes(you) ? ['You', ...others] : others;
	return `${emoji} by ${nameList(all)}`;
}

/** A count for a badge. */
export function countWords(count: number): string {
	return count > 99 ? '99+' : String(count);
}

/** How much is new, on the way down to it. */
export function newMessagesWords(count: number): string {
	if (count === 0) return 'Jump to latest';
	return count === 1 ? '1 new message' : `${countWords(count)} new messages`;
}

/** A message's text in short, without the marks of its markup. */
export function plainExcerpt(body: string, length = 120): string {
	const plain = body
		.replaceAll(/^[ \t]*(?:```.*|>+|[-*+]|\d+[.)])[ \t]*/gm, '')
		.replaceAll(/[*`]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '')
		.replaceAll(/\s+/g, ' ')
		.trim();
	return plain.length > length ? `${plain.slice(0, length - 1).trimEnd()}…` : plain;
}

/** A text in pieces, those set apart in which words begin that somebody searched for. */
export function searchMarks(text: string, query: string): { text: string; found: boolean }[] {
	const words = query.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
	if (words.length === 0) return [{ text, found: false }];
	const find = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})[\\p{L}\\p{N}]*`, 'giu');
	const parts: { text: string; found: boolean }[] = [];
	let at = 0;
	for (const match of text.matchAll(find)) {
		if (match.index > at) parts.push({ text: text.slice(at, match.index), found: false });
		parts.push({ text: match[0], found: true });
		at = match.index + match[0].length;
	}
	if (at < text.length) parts.push({ text: text.slice(at), found: false });
	return parts;
}

/** The part of a text around the first word that was searched for. */
export function searchExcerpt(body: string, query: string, length = 160): string {
	const plain = plainExcerpt(body, Number.POSITIVE_INFINITY);
	const parts = searchMarks(plain, query);
	const first = parts.findIndex(({ found }) => found);
	const at = parts.slice(0, Math.max(first, 0)).reduce((sum, { text }) => sum + text.length, 0);
	const from = at > length / 2 ? plain.indexOf(' ', at - length / 3) + 1 : 0;
	const cut = plain.slice(from, from + length);
	return `${from > 0 ? '…' : ''}${cut.trimEnd()}${from + length < plain.length ? '…' : ''}`;
}
