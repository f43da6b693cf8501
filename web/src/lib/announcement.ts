/** Somebody in the room, as far as announcing goes. */
export type Present = { readonly peerId: string; readonly name: string };

function list(names: readonly string[]): string {
	if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`;
	return names.length > 1
		? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
		: (names[0] ?? '');
}

/** One sentence about who came and who went between two looks at the room; empty for nobody. */
export function announcement(before: readonly Present[], after: readonly Present[]): string {
	const was = new Set(before.map((one) => one.peerId));
	const is = new Set(after.map((one) => one.peerId));
	const joined = after.filter((one) => !was.has(one.peerId)).map((one) => one.name);
	const left = before.filter((one) => !is.has(one.peerId)).map((one) => one.name);
	const sentences: string[] = [];
	if (joined.length > 0) sentences.push(`${list(joined)} joined.`);
	if (left.length > 0) sentences.push(`${list(left)} left.`);
	return sentences.join(' ');
}
