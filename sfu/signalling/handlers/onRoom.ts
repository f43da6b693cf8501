import { CodedError } from '#shared/errors.ts';
import { checkSealed } from '../../chat/sealing.ts';
import { placeOf, type Handlers } from './handlers.ts';
import { RoomPlace } from '../room/liveRoom.ts';

export const onRoom: Handlers<
	'room:join' | 'room:leave' | 'room:hand' | 'room:react' | 'room:name' | 'room:rename'
> = {
	'room:join': async (client, input, { rooms }) => {
		const { place } = client;
		if (input.resumeToken) {
			const live = await rooms.resume(input.roomId);
			return live.roomEntry.resume(client, input.resumeToken);
		}
		if (!(place instanceof RoomPlace) || place.phase !== 'lobby')
			throw new CodedError('WRONG_PHASE');
		if (place.roomId !== input.roomId) throw new CodedError('WRONG_PHASE');
		return place.live.roomEntry.join(client, place, input);
	},

	'room:leave': (client, { unloading = false }) => client.leave(unloading),

	'room:hand': (client, { raised }) => {
		const { live, peer } = placeOf(client);
		live.raiseHand(peer, raised);
	},

	'room:react': (client, { emoji }) => {
		const { live, peer } = placeOf(client);
		live.peerSessions.tellRoom('peer:reacted', { peerId: peer.id, emoji });
	},

	'room:name': async (client, input, { chats, rooms }) => {
		// A peer is a member, and the first one the host, though that may not be stored yet.
		await (await rooms.find(input.roomId))?.hostActions.ensureHost();
		const { personId, place } = client;
		if (place instanceof RoomPlace && place.phase === 'room' && place.roomId === input.roomId)
			await chats.enter(personId, { roomId: input.roomId, name: place.peer.name }, true);
		await chats.nameRoom(personId, input);
	},

	'room:rename': (client, { name }) => {
		const { live, peer } = placeOf(client);
		checkSealed(live.rules.encryption, [name]);
		live.rename(peer, name);
	},
};
