import type { RoomId } from '#shared/ids.ts';

/** Kept over a reload: this tab is in the room by another site's token. */
const key = 'parley:visit';

/** Whether the address of a room carries another site's token. */
export const carriesToken = (url: URL) => url.searchParams.has('token');

/** The token that the address of a room carries. It leaves the address, and so history and bookmarks, at once. */
export function takeToken(): string | null {
	const url = new URL(location.href);
	const token = url.searchParams.get('token');
	if (token === null) return null;
	url.searchParams.delete('token');
	history.replaceState(history.state, '', url);
	return token;
}

/** Whether this tab is in the room by another site's token. */
export function isVisiting(roomId: RoomId): boolean {
	try {
		return sessionStorage.getItem(key) === roomId;
	} catch {
		// Where nothing can be kept, no visit was noted.
		return false;
	}
}

/** This tab is there by another site's token from now on. */
export function noteVisit(roomId: RoomId): void {
	try {
		sessionStorage.setItem(key, roomId);
	} catch {
		// Then leaving the room in this tab is like leaving any page.
	}
}
