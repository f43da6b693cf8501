/** Whether a key goes to something that takes text, where a letter is a letter. */
function takesText(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	return target.isContentEditable || target.matches('input, textarea, select');
}

/**
 * A handler for `keydown` that carries out an action by a single key.
 * @param actions by key, in lower case
 */
export function shortcuts(actions: Readonly<Record<string, () => void>>) {
	return (event: KeyboardEvent): void => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
		if (event.defaultPrevented || takesText(event.target)) return;
		const action = actions[event.key.toLowerCase()];
		if (!action) return;
		event.preventDefault();
		action();
	};
}
