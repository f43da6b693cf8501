import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { hostRequests } from '#shared/host.ts';
import type { Client, Seat } from './client.ts';
import { tellActed } from './floor.ts';
import { seatOf, type Handlers } from './handlers.ts';

/** The room in which the one who asks is a host, and who that is. */
async function hostOf(client: Client): Promise<{ live: Seat['live']; by: Author }> {
	const { live, peer } = seatOf(client);
	await live.hosting.known(peer.personId);
	if (!live.rules.isHost(peer.personId))
		throw new CodedError('NOT_ALLOWED', 'Only hosts may do that.');
	return { live, by: { personId: peer.personId, name: peer.name } };
}

export const onHost: Handlers<keyof typeof hostRequests> = {
	'host:policy': async (client, change) => {
		const { live, by } = await hostOf(client);
		await live.hosting.change(by, change, client.block);
		return { policy: live.rules.policy };
	},

	'host:mute': async (client, { peerId, muted }) => {
		const { live, by } = await hostOf(client);
		await live.hosting.mute(by, peerId, muted);
		return {};
	},

	'host:mute-all': async (client) => {
		const { live, by } = await hostOf(client);
		await live.hosting.muteAll(by);
		return {};
	},

	'host:stop-camera': async (client, { peerId }) => {
		const { live, by } = await hostOf(client);
		await live.floor.stopCamera(by, live.hosting.seat(peerId));
		return {};
	},

	'host:stop-share': async (client, { peerId }) => {
		const { live, by } = await hostOf(client);
		live.floor.stopShares(by, live.hosting.seat(peerId));
		return {};
	},

	'host:lower-hand': async (client, { peerId }) => {
		const { live, by } = await hostOf(client);
		const seat = live.hosting.seat(peerId);
		if (live.raiseHand(seat.peer, false)) tellActed(seat, by, 'hand-lowered', []);
		return {};
	},

	'host:remove': async (client, { personId }) => {
		const { live, by } = await hostOf(client);
		await live.hosting.remove(by, personId);
		return {};
	},

	'host:removed': async (client) => {
		const { live } = await hostOf(client);
		return { people: live.rules.removed };
	},

	'host:allow': async (client, { personId }) => {
		const { live, by } = await hostOf(client);
		await live.hosting.allow(by, personId);
		return {};
	},

	'host:name': async (client, { personId, host }) => {
		const { live, by } = await hostOf(client);
		await live.hosting.name(by, personId, host);
		return {};
	},

	'host:admit': async (client, { knockId }) => {
		const { live } = await hostOf(client);
		live.hosting.answer(knockId, true);
		return {};
	},

	'host:admit-all': async (client) => {
		const { live } = await hostOf(client);
		live.hosting.answerAll();
		return {};
	},

	'host:decline': async (client, { knockId }) => {
		const { live } = await hostOf(client);
		live.hosting.answer(knockId, false);
		return {};
	},

	'host:end-call': async (client) => {
		const { live, by } = await hostOf(client);
		live.hosting.endCall(by);
		return {};
	},
};
