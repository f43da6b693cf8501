/** The API of Document Picture-in-Picture, which TypeScript's types of the DOM do not have yet. */
type DocumentPictureInPicture = {
	requestWindow(size: { width: number; height: number }): Promise<Window & typeof globalThis>;
};

declare global {
	interface Window {
		readonly documentPictureInPicture?: DocumentPictureInPicture;
	}
}

/** The first size of the window, in CSS pixels. Browsers remember the size that a person gives it. */
const firstSize = { width: 360, height: 300 };

/** Whether the browser can open a window in front that holds a document. */
export const canOpenWindow = (): boolean => window.documentPictureInPicture !== undefined;

/**
 * Opens an empty window with the styles of the page. To be called directly from a click or a key press.
 *
 * @throws a DOMException when the browser refuses
 */
export async function openWindow(): Promise<Window & typeof globalThis> {
	if (!window.documentPictureInPicture) throw new Error('no such windows');
	const pip = await window.documentPictureInPicture.requestWindow(firstSize);
	const { documentElement: page } = document;
	const { documentElement: root, head } = pip.document;
	for (const { name, value } of page.attributes) root.setAttribute(name, value);
	for (const node of document.head.querySelectorAll('link[rel="stylesheet"], style, meta[name]'))
		head.append(node.cloneNode(true));
	return pip;
}
