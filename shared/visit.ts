import * as v from 'valibot';
import { roomId, type RoomId } from './ids.ts';

/** In the address of a room: this tab is there by another site's token (ACCOUNT-25). */
export const visitMark = 'visit';

/** The room that a page at this address visits by another site's token; null for all other pages. */
export function visitAt(address: string | undefined): RoomId | null {
	const url = address === undefined ? null : URL.parse(address, 'http://localhost');
	if (!url?.searchParams.has(visitMark)) return null;
	const named = /\/room\/([^/]+)(?:\/chat)?\/?$/.exec(url.pathname)?.[1];
	const found = v.safeParse(roomId, named);
	return found.success ? found.output : null;
}
