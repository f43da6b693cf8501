import type { callRequests } from '#shared/calls.ts';
import type { Handlers } from './handlers.ts';

export const onCall: Handlers<keyof typeof callRequests> = {
	'call:start': async (client, input, { people, entry }) => {
		await entry.checkMaking(client.visitor, input.roomId);
		return people.calls.start(client.personId, input, client);
	},

	'call:accept': (client, { ringId }, { people }) => {
		try {
			return people.calls.accept(client.personId, ringId);
		} catch (error) {
			// Sent ahead of its answer, a `room:join` may follow, which must lead nowhere.
			if (client.place.phase === 'lobby') client.place.live.leave(client);
			throw error;
		}
	},

	'call:decline': (client, { ringId, message }, { people }) => {
		people.calls.decline(client.personId, ringId, message ?? null);
		return {};
	},

	'call:cancel': (client, { ringId }, { people }) => {
		people.calls.cancel(client.personId, ringId);
		return {};
	},
};
