import { visitMark } from '#shared/visit.ts';

/** Whether the address of a room carries another site's token. */
export const carriesToken = (url: URL) => url.searchParams.has('token');

/** Whether the page at this address is in the room by another site's token. */
export const isVisit = (url: URL) => carriesToken(url) || url.searchParams.has(visitMark);

/**
 * The token that the address of a room carries. It leaves the address, and so history and bookmarks, at once. A mark stays
 * there, by which the server tells this tab from the person's own.
 */
export function takeToken(): string | null {
	const url = new URL(location.href);
	const token = url.searchParams.get('token');
	if (token === null) return null;
	url.searchParams.delete('token');
	url.searchParams.set(visitMark, '');
	history.replaceState(history.state, '', url);
	return token;
}
