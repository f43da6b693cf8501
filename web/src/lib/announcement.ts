/** Somebody in the room, as far as announcing goes. */
export type Present = {
	readonly peerId: string;
	readonly name: string;
	readonly hand?: boolean;
	/** Muted by a host. */
	readonly muted?: boolean;
	readonly sharing?: boolean;
	readonly host?: boolean;
};

function list(names: readonly string[]): string {
	if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
	return names.length > 1
		? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
		: (names[0] ?? '');
}

type State = 'hand' | 'muted' | 'sharing' | 'host';
const began: Record<State, (names: string, several: boolean) => string> = {
	hand: (names) => `${names} raised a hand.`,
	muted: (names, several) => `${names} ${several ? 'were' : 'was'} muted by a host.`,
	sharing: (names) => `${names} began to share.`,
	host: (names, several) => `${names} ${several ? 'are hosts' : 'is a host'} now.`,
};
const states = Object.keys(began) as State[];

/**
 * One sentence about who came and who went between two looks at the room, and one for whatever else others did;
 * empty for nothing.
 */
export function announcement(before: readonly Present[], after: readonly Present[]): string {
	const was = new Map(before.map((one) => [one.peerId, one]));
	const is = new Set(after.map((one) => one.peerId));
	const joined = after.filter((one) => !was.has(one.peerId)).map((one) => one.name);
	const left = before.filter((one) => !is.has(one.peerId)).map((one) => one.name);
	const sentences: string[] = [];
	if (joined.length > 0) sentences.push(`${list(joined)} joined.`);
	if (left.length > 0) sentences.push(`${list(left)} left.`);
	for (const state of states) {
		const names = after
			.filter((one) => one[state] && was.get(one.peerId)?.[state] === false)
			.map((one) => one.name);
		if (names.length > 0) sentences.push(began[state](list(names), names.length > 1));
	}
	const ended = after.filter((one) => one.sharing === false && was.get(one.peerId)?.sharing);
	if (ended.length > 0) sentences.push(`${list(ended.map((one) => one.name))} stopped sharing.`);
	return sentences.join(' ');
}
