/** Document Picture-in-Picture, which the types of the platform do not have yet. */
type DocumentPictureInPicture = {
	requestWindow(size: { width: number; height: number }): Promise<Window & typeof globalThis>;
};

declare global {
	interface Window {
		readonly documentPictureInPicture?: DocumentPictureInPicture;
	}
}

/** The window's first size, in CSS pixels; browsers remember what a person makes of it. */
const firstSize = { width: 360, height: 300 };

/** Whether the browser has windows in front that hold a document. */
export const canOpenWindow = (): boolean => window.documentPictureInPicture !== undefined;

/**
 * Opens an empty one that looks as the page does. To be called right from a click or a key.
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
