import { durationWords } from '#lib/language/dates.text.ts';
import type { Retention, SystemEvent } from '#shared/chat.ts';
import { plural } from '#lib/language/plural.ts';
import { nameList } from '#lib/language/nameList.ts';

type Named = { readonly name: string };

/** The members who are typing; empty for none. */
export function typingWords(people: readonly Named[]): string {
	const names = people.map(({ name }) => name);
	if (names.length === 0) return '';
	if (names.length > 2) return 'Several people are typing…';
	return plural(names.length, ['{names} is typing…', '{names} are typing…'], {
		names: nameList(names),
	});
}

/** The system message about a new retention of the chat. */
function retentionLine(who: string, retention: Retention): string {
	switch (retention.kind) {
		case 'forever':
			return `${who} set messages to be kept forever`;
		case 'days':
			return plural(
				retention.days,
				[
					'{who} set messages to be deleted after 1 day',
					'{who} set messages to be deleted after # days',
				],
				{ who },
			);
		case 'until-empty':
			return `${who} set messages to be deleted when the call ends`;
	}
}

/** The person's own call, in a chat between two people. */
function ownCallWords({ outcome, seconds }: Extract<SystemEvent, { event: 'called' }>): string {
	if (seconds !== null) return `You called · ${durationWords(seconds * 1000)}`;
	return outcome === 'declined' ? 'Your call was declined' : 'You called, no answer';
}

/** One system message in words. @param mine whether it is about the reader */
export function eventWords(who: string, system: SystemEvent, mine = false): string {
	switch (system.event) {
		case 'joined':
			return joinedWords([who]);
		case 'left':
			return leftWords([who]);
		case 'retention':
			return retentionLine(who, system.retention);
		case 'named-host':
			return `${who} made ${system.person.name} a host`;
		case 'unnamed-host':
			return `${who} removed ${system.person.name} as host`;
		case 'removed':
			return `${who} removed ${system.person.name}`;
		case 'allowed':
			return `${who} let ${system.person.name} back in`;
		case 'muted-everybody':
			return `${who} muted everyone`;
		case 'locked':
			return system.locked ? `${who} locked the room` : `${who} unlocked the room`;
		case 'password':
			return system.set ? `${who} set a password` : `${who} removed the password`;
		case 'named-room':
			return system.name === null
				? `${who} removed the room's name`
				: `${who} named the room “${system.name}”`;
		case 'ended-call':
			return `${who} ended the call`;
		case 'called':
			if (mine) return ownCallWords(system);
			if (system.seconds !== null) return `${who} called · ${durationWords(system.seconds * 1000)}`;
			return system.outcome === 'declined'
				? `${who} called and was declined`
				: `Missed call from ${who}`;
	}
}

function joinedWords(who: readonly string[]): string {
	return plural(who.length, ['{names} joined', '{names} joined'], { names: nameList(who) });
}

function leftWords(who: readonly string[]): string {
	return plural(who.length, ['{names} left', '{names} left'], { names: nameList(who) });
}

function rejoinedWords(who: readonly string[]): string {
	return plural(who.length, ['{names} rejoined', '{names} rejoined'], { names: nameList(who) });
}

/** What a run of joins and leaves changed, in one line: "Ada, Bo and 2 others joined · Cy left". */
export function movementWords(net: {
	readonly joined: readonly string[];
	readonly rejoined: readonly string[];
	readonly left: readonly string[];
}): string {
	const { joined, rejoined, left } = net;
	return [
		joined.length > 0 && joinedWords(joined),
		rejoined.length > 0 && rejoinedWords(rejoined),
		left.length > 0 && leftWords(left),
	]
		.filter(Boolean)
		.join(' · ');
}

/** The people whose reaction it is. */
export function reactionWords(
	emoji: string,
	people: readonly string[],
	names: ReadonlyMap<string, string>,
	you: string | null,
): string {
	const others = people.filter((id) => id !== you).map((id) => names.get(id) ?? somebody());
	const all = you !== null && people.includes(you) ? [yourself(), ...others] : others;
	return `${emoji} by ${nameList([...new Set(all)])}`;
}

/** The person themselves among the names of others. */
function yourself(): string {
	return 'You';
}

/** A person whose name is not known any more. */
export function somebody(): string {
	return 'Someone';
}

/** How much is new, on the way down to it. */
export function newMessagesWords(count: number): string {
	if (count === 0) return 'Jump to latest';
	return count > 99 ? '99+ new messages' : plural(count, ['1 new message', '# new messages']);
}

/** A message's text in short, without the marks of its markup. */
export function plainExcerpt(body: string, length = 120): string {
	const plain = body
		.replaceAll(/^[ \t]*(?:```.*|>+|[-*+]|\d+[.)])[ \t]*/gm, '')
		// One line within a word is a letter of it.
		.replaceAll(/([\p{L}\p{N}]_(?=[\p{L}\p{N}]))|[*`_]/gu, '$1')
		.replaceAll(/\s+/g, ' ')
		.trim();
	return plain.length > length ? `${plain.slice(0, length - 1).trimEnd()}…` : plain;
}
