import * as v from 'valibot';
import { roomId } from '#shared/ids.ts';
import { askApi } from '#lib/http/api.ts';
import { isKnown } from '#lib/preferences/rememberedName.ts';

const ownRoom = v.object({
	roomId,
	/** Null until a host names it. */
	name: v.nullable(v.string()),
	/** Whether the person is a host of the room. */
	host: v.boolean(),
	/** Up to three others in it, and how many others there are. */
	people: v.array(v.string()),
	others: v.number(),
	/** When something happened there last, in ms since 1970. */
	lastAt: v.nullable(v.number()),
	unread: v.number(),
});
/** A room that the person has joined. */
export type OwnRoom = v.InferOutput<typeof ownRoom>;

/** The rooms that the person has joined, the latest first. Empty for a new person, and if the request fails. */
export async function ownRooms(): Promise<OwnRoom[]> {
	if (!isKnown()) return [];
	try {
		const { rooms } = await askApi(v.object({ rooms: v.array(ownRoom) }), 'GET', '/api/rooms');
		return rooms.sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
	} catch {
		// The list is a short cut: rooms are entered by their links as well.
		return [];
	}
}
