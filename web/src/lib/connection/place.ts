// A service of several nodes connects a page with the node that has its room, or the strangers whom it meets, if the page names
// it in the address of the socket.

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
