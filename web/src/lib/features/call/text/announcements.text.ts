import { plural } from '#lib/language/plural.ts';
import { nameList } from '#lib/language/nameList.ts';

/** The state of a participant that announcements need. */
export type Present = {
	readonly peerId: string;
	readonly name: string;
	readonly hand?: boolean;
	/** Muted by a host. */
	readonly muted?: boolean;
	readonly sharing?: boolean;
	readonly host?: boolean;
};

type State = 'hand' | 'muted' | 'sharing' | 'host';
const states: readonly State[] = ['hand', 'muted', 'sharing', 'host'];

/** The announcement of what other participants began, by their new state. */
function began(state: State, who: readonly string[]): string {
	const [count, names] = [who.length, nameList(who)];
	switch (state) {
		case 'hand':
			return plural(count, ['{names} raised a hand.', '{names} raised a hand.'], { names });
		case 'muted':
			return plural(count, ['{names} was muted by a host.', '{names} were muted by a host.'], {
				names,
			});
		case 'sharing':
			return plural(count, ['{names} started sharing.', '{names} started sharing.'], { names });
		case 'host':
			return plural(count, ['{names} is now a host.', '{names} are now hosts.'], { names });
	}
}

function joinedSentence(who: readonly string[]): string {
	return plural(who.length, ['{names} joined.', '{names} joined.'], { names: nameList(who) });
}

function leftSentence(who: readonly string[]): string {
	return plural(who.length, ['{names} left.', '{names} left.'], { names: nameList(who) });
}

function endedSentence(who: readonly string[]): string {
	return plural(who.length, ['{names} stopped sharing.', '{names} stopped sharing.'], {
		names: nameList(who),
	});
}

/**
 * One sentence about the participants who joined and left between two states of the room, and one for other changes;
 * empty if nothing changed.
 */
export function announcement(before: readonly Present[], after: readonly Present[]): string {
	const was = new Map(before.map((one) => [one.peerId, one]));
	const is = new Set(after.map((one) => one.peerId));
	const joined = after.filter((one) => !was.has(one.peerId)).map((one) => one.name);
	const left = before.filter((one) => !is.has(one.peerId)).map((one) => one.name);
	const sentences: string[] = [];
	if (joined.length > 0) sentences.push(joinedSentence(joined));
	if (left.length > 0) sentences.push(leftSentence(left));
	for (const state of states) {
		const names = after
			.filter((one) => one[state] && was.get(one.peerId)?.[state] === false)
			.map((one) => one.name);
		if (names.length > 0) sentences.push(began(state, names));
	}
	const ended = after
		.filter((one) => one.sharing === false && was.get(one.peerId)?.sharing)
		.map((one) => one.name);
	if (ended.length > 0) sentences.push(endedSentence(ended));
	return sentences.join(' ');
}
