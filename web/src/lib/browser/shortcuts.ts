/** Whether a key goes to something that takes text, where a letter is a letter. */
export function takesText(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.isContentEditable || target.matches('input, textarea, select');
}

/** What a key says in lower case: by its place where its letter is none of Latin, as on a Cyrillic keyboard. */
export function keyOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
	const isForeign = /^[^\u0000-\u024f]$/.test(key);
	return ((isForeign && /^Key(.)$/.exec(code)?.[1]) || key).toLowerCase();
}

/**
 * A handler for `keydown` that carries out an action by a single key.
 *
 * @param actions by key, in lower case
 * @param wanted Whether single keys do anything now.
 */
export function shortcuts(
	actions: Readonly<Record<string, () => void>>,
	wanted: () => boolean = () => true,
) {
	return (event: KeyboardEvent): void => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
		if (event.defaultPrevented || takesText(event.target)) return;
		const action = actions[keyOf(event)];
		if (!action || !wanted()) return;
		event.preventDefault();
		action();
	};
}
