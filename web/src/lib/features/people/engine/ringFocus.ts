/**
 * Moves the focus to the card of a ring, unless the person is writing: they must not lose their place in the text.
 *
 * @returns what gives the focus back, if the card still has it; null if the focus was not moved
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
