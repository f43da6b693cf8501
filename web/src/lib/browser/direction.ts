/** Whether the text of an element begins at its right edge. */
export function isRightToLeft(element: Element): boolean {
	return getComputedStyle(element).direction === 'rtl';
}
