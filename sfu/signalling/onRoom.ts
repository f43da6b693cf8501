import { CodedError } from '#shared/errors.ts';
import { seatOf, type Handlers } from './handlers.ts';

export const onRoom: Handlers<
	'room:join' | 'room:leave' | 'room:hand' | 'room:react' | 'room:rename'
> = {
	'room:join': async (client, input, { rooms }) => {
		const { place } = client;
		if (input.resumeToken) {
			const live = await rooms.find(input.roomId);
			if (!live) throw new CodedError('RESUME_EXPIRED');
			const answer = live.seating.resume(client, input.resumeToken);
			// Where this socket was in the meantime is not needed any more.
			if (place.phase === 'match') place.live.leave();
			else if (place.phase !== 'outside' && place.peer.id !== answer.you.peerId)
				place.live.room.leave(place.peer);
			return answer;
		}
		if (place.phase !== 'lobby') throw new CodedError('WRONG_PHASE');
		if (place.live.room.id !== input.roomId) throw new CodedError('WRONG_PHASE');
		return place.live.seating.join(client, place, input);
	},

	'room:leave': (client, { unloading = false }) => {
		if (client.place.phase !== 'outside') client.place.live.leave(client, unloading);
		return {};
	},

	'room:hand': (client, { raised }) => {
		const { live, peer } = seatOf(client);
		live.raiseHand(peer, raised);
		return {};
	},

	'room:react': (client, { emoji }) => {
		const { live, peer } = seatOf(client);
		live.seats.tellRoom('peer:reacted', { peerId: peer.id, emoji });
		return {};
	},

	'room:rename': (client, { name }) => {
		const { live, peer } = seatOf(client);
		live.rename(peer, name);
		return {};
	},
};
