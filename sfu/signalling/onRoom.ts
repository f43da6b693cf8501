import { CodedError } from '#shared/errors.ts';
import type { Handlers } from './handlers.ts';

export const onRoom: Handlers<'room:join' | 'room:leave'> = {
	'room:join': async (client, input, { rooms }) => {
		const { place } = client;
		if (input.resumeToken) {
			const live = await rooms.find(input.roomId);
			if (!live) throw new CodedError('RESUME_EXPIRED');
			const answer = live.resume(client, input.resumeToken);
			// Where this socket was in the meantime is not needed any more.
			if (place.phase !== 'outside' && place.peer.id !== answer.you.peerId)
				place.live.room.leave(place.peer);
			return answer;
		}
		if (place.phase !== 'lobby') throw new CodedError('WRONG_PHASE');
		if (place.live.room.id !== input.roomId) throw new CodedError('WRONG_PHASE');
		return place.live.join(client, place, input);
	},

	'room:leave': (client) => {
		if (client.place.phase !== 'outside') client.place.live.leave(client);
		return {};
	},
};
