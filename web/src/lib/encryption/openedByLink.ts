import type { RoomId } from '#shared/ids.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { LinkBorder } from './linkBorder.ts';

/**
 * What came from a room by HTTP, with what the key in the page's link opens of it opened; as it came where that is not the
 * key of the room.
 */
export async function openedByLink<T>(roomId: RoomId, found: T): Promise<T> {
	const server = new SharedConnection();
	try {
		const border = await LinkBorder.from(roomId, location.hash);
		return await border.opened(server.ask, found);
	} catch {
		return found;
	} finally {
		server.close();
	}
}
