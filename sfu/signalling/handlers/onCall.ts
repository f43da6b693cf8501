import type { callRequests } from '#shared/calls.ts';
import { CodedError } from '#shared/errors.ts';
import { RoomPlace } from '../room/liveRoom.ts';
import type { Handlers } from './handlers.ts';

export const onCall: Handlers<keyof typeof callRequests> = {
	'call:start': async (client, input, { people, accessPolicy }) => {
		await accessPolicy.checkMaking(client.visitor, input.roomId);
		const { place } = client;
		const isInside = place instanceof RoomPlace && place.roomId === input.roomId;
		// A ring cannot carry the secret: who is called needs the whole link (ENCRYPTION-22).
		if (isInside && place.live.rules.encryption)
			throw new CodedError(
				'ENCRYPTED',
				"You can't call anyone into an end-to-end encrypted room. Send them the whole link.",
			);
		return people.calls.start(client.personId, input, client);
	},

	'call:accept': async (client, { ringId }, { people }) => {
		try {
			return await people.calls.accept(client.personId, ringId);
		} catch (error) {
			// The client may have sent `room:join` already, before this answer: it must fail.
			if (client.phase === 'lobby') client.leave();
			throw error;
		}
	},

	'call:decline': (client, { ringId, message }, { people }) =>
		people.calls.decline(client.personId, ringId, message ?? null),

	'call:cancel': (client, { ringId }, { people }) => people.calls.cancel(client.personId, ringId),
};
