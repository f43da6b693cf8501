import type { Author } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';

/** The rooms that calls lead into. */
export type CallRooms = {
	/** Those who have joined; whether this person, if in, may call others in, and whether a call may begin there. */
	look(
		roomId: RoomId,
		person: PersonId,
	): Promise<{ present: readonly Author[]; mayInvite: boolean; mayBegin: boolean }>;
};

/** Whether somebody has a place in a room's call, if only one that is kept for them. */
export async function isInside(
	rooms: CallRooms,
	{ roomId }: { roomId: RoomId },
	{ personId }: Author,
): Promise<boolean> {
	const { present } = await rooms.look(roomId, personId);
	return present.some((one) => one.personId === personId);
}
