import type { chatRequests } from '#shared/chat.ts';
import type { RoomId } from '#shared/ids.ts';
import type { Client } from './client.ts';
import type { Handlers } from './handlers.ts';

/** The name under which this client is in the room's call now. */
function presenceOf({ place }: Client, roomId: RoomId): string | null {
	const present = place.phase === 'room' && place.live.room.id === roomId;
	return present ? place.peer.name : null;
}

export const onChat: Handlers<keyof typeof chatRequests> = {
	'chat:open': async (client, { roomId }, { chats, audience }) => {
		// Listening begins before the looking, so that nothing falls in between (R36).
		await chats.admit(client.personId, roomId, presenceOf(client, roomId));
		audience.add(client, roomId);
		return chats.open(client.personId, roomId);
	},
	'chat:close': (client, { roomId }, { audience }) => {
		audience.remove(client, roomId);
		return {};
	},
	'chat:enter': ({ personId }, input, { chats }) => chats.enter(personId, input),
	'chat:page': ({ personId }, input, { chats }) => chats.page(personId, input),
	'chat:changes': ({ personId }, input, { chats }) => chats.changes(personId, input),
	'chat:post': ({ personId }, input, { chats }) => chats.post(personId, input),
	'chat:edit': ({ personId }, input, { chats }) => chats.edit(personId, input),
	'chat:delete': ({ personId }, input, { chats }) => chats.delete(personId, input),
	'chat:react': ({ personId }, input, { chats }) => chats.react(personId, input),
	'chat:correct': ({ personId }, input, { chats }) => chats.correct(personId, input),
	'chat:typing': async ({ personId }, input, { chats }) => {
		await chats.typing(personId, input);
		return {};
	},
	'chat:read': ({ personId }, input, { chats }) => chats.read(personId, input),
	'chat:search': ({ personId }, input, { chats }) => chats.search(personId, input),
	'chat:retain': ({ personId }, input, { chats }) => chats.retain(personId, input),
};
