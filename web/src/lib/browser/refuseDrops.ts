/**
 * Keeps the browser from leaving the page for a file or a link that is dropped on it. What an element takes itself stays its
 * own, and so does text that is dropped where text is typed.
 *
 * This is part of the first script of every page, by its source: it uses nothing from outside.
 */
export function refuseDrops(): void {
	// The window comes last of all.
	for (const kind of ['dragover', 'drop'] as const)
		window.addEventListener(kind, (event) => {
			const { dataTransfer, target } = event;
			if (event.defaultPrevented || !dataTransfer) return;
			const isTyped = target instanceof Element && target.matches('input, textarea');
			if (isTyped && !dataTransfer.types.includes('Files')) return;
			event.preventDefault();
			dataTransfer.dropEffect = 'none';
		});
}
