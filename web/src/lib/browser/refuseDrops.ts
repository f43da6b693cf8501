/**
 * Keeps the browser from leaving the page for a file or a link that is dropped on it. What an element takes itself stays its
 * own, and so does text that is dropped where text is typed.
 *
 * This is part of the first script of every page, by its source: it uses nothing from outside.
 */
export function refuseDrops(): void {
	// The window comes last of all.
	window.ondragover = window.ondrop = (event: DragEvent) => {
		const isTyped = (event.target as Partial<Element>).matches?.('input,textarea');
		if (!isTyped || event.dataTransfer?.types.includes('Files')) event.preventDefault();
	};
}
