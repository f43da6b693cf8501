// A service of several nodes connects a page to the node that has its room, or that brings strangers together, if the
// page names the place in the address of the socket.

/** The people who meet strangers. */
const strangers = 'strangers';

/** The place that the page at this path is for; null for none. */
export function placeOfPage(path: string): string | null {
	if (path === '/next') return strangers;
	return /^\/room\/([^/]+)/.exec(path)?.[1] ?? null;
}

/** The place that a request is about. */
export const placeOfRequest = (input: object): string =>
	'roomId' in input && typeof input.roomId === 'string' ? input.roomId : strangers;
