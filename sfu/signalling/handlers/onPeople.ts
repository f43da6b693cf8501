import type { peopleRequests } from '#shared/people.ts';
import { isInCall } from '../../rooms/permissions.ts';
import type { Handlers } from './handlers.ts';
import { toWire } from '../audience/peopleAudience.ts';

export const onPeople: Handlers<keyof typeof peopleRequests> = {
	'people:enter': async (client, { name, idle }, { people }) => {
		const { personId } = client;
		const chosen = await people.acquaintances.chosen(personId);
		people.audience.enter(client);
		const inCall = isInCall(client.phase);
		// It may have gone while this was read.
		if (client.connected) people.presence.enter(personId, client, { idle, inCall }, chosen, name);
		return { personId, chosen, rings: people.calls.ringingFor(personId).map(toWire) };
	},

	'people:idle': (client, { idle }, { people }) =>
		people.presence.change(client.personId, client, { idle }),

	'people:choose': ({ personId }, { state }, { people }) =>
		people.acquaintances.choose(personId, state),

	'people:open': (client, _input, { people }) => people.audience.open(client),

	'people:close': (client, _input, { people }) => people.audience.close(client),

	'people:add': (client, { personId }, { people }) =>
		people.acquaintances.add(client.personId, personId),

	'people:add-by-code': async ({ personId }, { code, name, preview }, { people }) => {
		const { acquaintances } = people;
		const person = preview
			? await acquaintances.ownerOf(personId, code)
			: await acquaintances.addByCode({ personId, name }, code);
		return { person };
	},

	'people:remove': (client, { personId }, { people }) =>
		people.acquaintances.remove(client.personId, personId),

	'people:block': (client, { personId }, { people }) =>
		people.acquaintances.block(client.personId, personId),

	'people:unblock': (client, { personId }, { people }) =>
		people.acquaintances.unblock(client.personId, personId),

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
