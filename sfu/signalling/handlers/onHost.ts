import type { Author } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { hostRequests } from '#shared/host.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { LiveRoom } from '../room/liveRoom.ts';
import { tellHostActed } from '../room/mediaPermissions.ts';
import { placeOf, type Answered, type Handler, type Handlers } from './handlers.ts';

type HostRequest = keyof typeof hostRequests;

/** A handler that gets the room in which the client's person is a host. Others get NOT_ALLOWED. */
function asHost<N extends HostRequest>(
	carryOut: (
		live: LiveRoom,
		by: Author,
		input: Parsed<N>,
		network: string,
	) => Promise<Answered<N>> | Answered<N>,
): Handler<N> {
	return async (client, input) => {
		const { live, peer } = placeOf(client);
		await live.hostActions.untilHostKnown(peer.personId);
		if (!live.rules.isHost(peer.personId))
			throw new CodedError('NOT_ALLOWED', 'Only hosts can do that.');
		return carryOut(live, { personId: peer.personId, name: peer.name }, input, client.block);
	};
}

export const onHost: Handlers<HostRequest> = {
	'host:policy': asHost(async (live, by, change, network) => {
		await live.hostActions.change(by, change, network);
		return { policy: live.rules.policy };
	}),
	'host:mute': asHost((live, by, { peerId, muted }) => live.hostActions.mute(by, peerId, muted)),
	'host:mute-all': asHost((live, by) => live.hostActions.muteAll(by)),
	'host:stop-camera': asHost((live, by, { peerId }) =>
		live.mediaPermissions.stopCamera(by, live.hostActions.peerSession(peerId)),
	),
	'host:stop-share': asHost((live, by, { peerId }) =>
		live.mediaPermissions.stopShares(by, live.hostActions.peerSession(peerId)),
	),
	'host:lower-hand': asHost((live, by, { peerId }) => {
		const peerSession = live.hostActions.peerSession(peerId);
		if (live.raiseHand(peerSession.peer, false)) tellHostActed(peerSession, by, 'hand-lowered', []);
	}),
	'host:remove': asHost((live, by, { personId }) => live.hostActions.remove(by, personId)),
	'host:removed': asHost((live) => ({ people: live.rules.removed })),
	'host:allow': asHost((live, by, { personId }) => live.hostActions.allow(by, personId)),
	'host:name': asHost((live, by, { personId, host }) =>
		live.hostActions.setHost(by, personId, host),
	),
	'host:hand-over': asHost((live, by, { personId }) => live.hostActions.handOver(by, personId)),
	'host:label': asHost((live, by, { personId, label }) =>
		live.hostActions.label(by, personId, label),
	),
	'host:make-wait': asHost((live, by, { personId }) => live.hostActions.makeWait(by, personId)),
	'host:admit': asHost((live, _by, { knockId }) => live.hostActions.answerKnock(knockId, true)),
	'host:admit-all': asHost((live) => live.hostActions.admitAll()),
	'host:decline': asHost((live, _by, { knockId }) => live.hostActions.answerKnock(knockId, false)),
	'host:end-call': asHost((live, by) => live.hostActions.endCall(by)),
};
