/**
 * Moves the focus to what just came up, unless the person is writing something: that must not be torn from their hands.
 *
 * @returns what gives the focus back, if it still is in there; null where it was not taken.
 */
export function takeFocus(card: HTMLElement): (() => void) | null {
	const before = document.activeElement;
	if (before?.matches(':read-write')) return null;
	card.focus({ preventScroll: true });
	return () => {
		if (!card.contains(document.activeElement)) return;
		if (before instanceof HTMLElement && before.isConnected && before !== document.body)
			before.focus();
		else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
	};
}
