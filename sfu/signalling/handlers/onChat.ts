import type { chatRequests } from '#shared/chat.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { Chats } from '../../chat/chats.ts';
import type { Client } from '../client/client.ts';
import type { Handlers } from './handlers.ts';
import { RoomPlace } from '../room/liveRoom.ts';

/** The person who asks. A person in the room's call is a member, though it may not be stored yet (CHAT-1). */
async function asker({ personId, place }: Client, roomId: RoomId, chats: Chats): Promise<PersonId> {
	if (place instanceof RoomPlace && place.phase === 'room' && place.roomId === roomId) {
		await place.live.hostActions.ensureHost();
		await chats.enter(personId, { roomId, name: place.peer.name }, true);
	}
	return personId;
}

export const onChat: Handlers<keyof typeof chatRequests> = {
	'chat:open': async (client, { roomId, parts }, { chats, audience }) => {
		const person = await asker(client, roomId, chats);
		await chats.access.member(person, roomId);
		// Listening begins before reading, so that no message is missed (CHAT-2).
		audience.add(client, roomId, parts);
		try {
			return await chats.open(person, roomId);
		} catch (error) {
			// A host may have removed them in between.
			audience.remove(client, roomId);
			throw error;
		}
	},
	'chat:close': (client, { roomId }, { audience }) => audience.remove(client, roomId),
	'chat:enter': async ({ personId, visitor }, input, { chats, rooms, accessPolicy }) => {
		await accessPolicy.checkMaking(visitor, input.roomId);
		const live = await rooms.find(input.roomId);
		await live?.hostActions.ensureHost();
		await chats.access.checkName(input.roomId, input.name);
		return chats.enter(personId, input, live?.roomAdmission.admissionOf(personId) === 'open');
	},
	'chat:page': async (client, input, { chats }) =>
		chats.page(await asker(client, input.chat.roomId, chats), input),
	'chat:changes': async (client, input, { chats }) =>
		chats.changes(await asker(client, input.chat.roomId, chats), input),
	'chat:post': async (client, input, { chats }) =>
		chats.post(await asker(client, input.chat.roomId, chats), input),
	'chat:edit': async (client, input, { chats }) =>
		chats.edit(await asker(client, input.chat.roomId, chats), input),
	'chat:delete': async (client, input, { chats }) =>
		chats.delete(await asker(client, input.chat.roomId, chats), input),
	'chat:react': async (client, input, { chats }) =>
		chats.react(await asker(client, input.chat.roomId, chats), input),
	'chat:correct': async (client, input, { chats }) =>
		chats.correct(await asker(client, input.chat.roomId, chats), input),
	'chat:typing': async (client, input, { chats }) =>
		chats.typing(await asker(client, input.chat.roomId, chats), input),
	'chat:read': async (client, input, { chats }) =>
		chats.read(await asker(client, input.chat.roomId, chats), input),
	'chat:search': async (client, input, { chats }) =>
		chats.search(await asker(client, input.chat.roomId, chats), input),
	'chat:retain': async (client, input, { chats }) =>
		chats.retain(await asker(client, input.roomId, chats), input),
};
