import type { Attachment } from 'svelte/attachments';

/**
 * Gives an element the custom property `--visible-height`: what a screen keyboard leaves of the window. Some
 * browsers lay it over the page and scroll the page instead, so that what stands at the end lies under it.
 */
export const visibleHeight: Attachment<HTMLElement> = (element) => {
	const viewport = window.visualViewport;
	if (!viewport) return;
	const follow = (): void => {
		// While the page is zoomed in, the window's height says nothing about a keyboard.
		if (viewport.scale > 1.05) return;
		element.style.setProperty('--visible-height', `${viewport.height}px`);
		element.style.setProperty('--visible-top', `${viewport.offsetTop}px`);
	};
	follow();
	viewport.addEventListener('resize', follow);
	viewport.addEventListener('scroll', follow);
	return () => {
		viewport.removeEventListener('resize', follow);
		viewport.removeEventListener('scroll', follow);
	};
};
