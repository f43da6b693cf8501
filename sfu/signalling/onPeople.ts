import type { peopleRequests } from '#shared/people.ts';
import { isInCall } from '../rooms/permissions.ts';
import type { Handlers } from './handlers.ts';
import { toWire } from './peopleAudience.ts';

export const onPeople: Handlers<keyof typeof peopleRequests> = {
	'people:enter': async (client, { name, idle }, { people }) => {
		const { personId } = client;
		const chosen = await people.acquaintances.chosen(personId);
		people.audience.enter(client);
		const inCall = isInCall(client.place.phase);
		// It may have gone while this was read.
		if (client.connected) people.presence.enter(personId, client, { idle, inCall }, chosen, name);
		return { personId, chosen, rings: people.calls.ringingFor(personId).map(toWire) };
	},

	'people:idle': (client, { idle }, { people }) => {
		people.presence.change(client.personId, client, { idle });
		return {};
	},

	'people:choose': async ({ personId }, { state }, { people }) => {
		await people.acquaintances.choose(personId, state);
		return {};
	},

	'people:open': (client, _input, { people }) => people.audience.open(client),

	'people:close': (client, _input, { people }) => {
		people.audience.close(client);
		return {};
	},

	'people:add': async (client, { personId }, { people }) => {
		await people.acquaintances.add(client.personId, personId);
		return {};
	},

	'people:add-by-code': async ({ personId }, { code, name }, { people }) => ({
		person: await people.acquaintances.addByCode({ personId, name }, code),
	}),

	'people:remove': async (client, { personId }, { people }) => {
		await people.acquaintances.remove(client.personId, personId);
		return {};
	},

	'people:block': async (client, { personId }, { people }) => {
		await people.acquaintances.block(client.personId, personId);
		return {};
	},

	'people:unblock': async (client, { personId }, { people }) => {
		await people.acquaintances.unblock(client.personId, personId);
		return {};
	},

	'people:blocked': async ({ personId }, _input, { people }) => ({
		people: await people.acquaintances.blocked(personId),
	}),

	'people:code': async ({ personId }, { renew }, { people }) => ({
		code: await people.acquaintances.code(personId, renew),
	}),

	'people:direct': (client, { personId, name }, { people }) =>
		people.acquaintances.direct({ personId: client.personId, name }, personId),

	'people:history': ({ personId }, input, { people }) => people.callLog.history(personId, input),
};
