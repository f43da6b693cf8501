import type { matchRequests } from '#shared/match.ts';
import type { Client } from '../client/client.ts';
import type { Handlers } from './handlers.ts';
import { MatchPeer, placeInfo } from '../match/matchPeer.ts';

/** @throws {Error} outside; `permissions.ts` lets no such request through. */
function matchPeerOf({ place }: Client): MatchPeer {
	if (!(place instanceof MatchPeer)) throw new Error('a request outside matching was let through');
	return place;
}

export const onMatch: Handlers<keyof typeof matchRequests> = {
	'match:enter': async (client, { media }, { matchPeers, iceServers }) => {
		client.leave();
		const { matches } = matchPeers;
		const agreed = await matches.agreed(client.personId);
		const { place } = await matchPeers.enter(client, media);
		const waiting = matches.maker.waiting;
		return { agreed, waiting, media: placeInfo(place, iceServers.of(client.personId)) };
	},

	'match:start': async (client, input) => ({ waiting: await matchPeerOf(client).start(input) }),

	'match:next': (client, { matchId }, { matchPeers }) => ({
		waiting: matchPeers.matches.maker.next(matchPeerOf(client).session, matchId),
	}),

	'match:stop': (client, _input, { matchPeers }) =>
		matchPeers.matches.maker.stop(matchPeerOf(client).session),

	'match:leave': (client) => client.leave(),

	'match:post': (client, input, { matchPeers }) =>
		matchPeers.matches.post(matchPeerOf(client).session, input),

	'match:typing': (client, { matchId, typing }, { matchPeers }) =>
		matchPeers.matches.maker.typing(matchPeerOf(client).session, matchId, typing),

	'match:keep': (client, input, { matchPeers }) =>
		matchPeers.matches.keep(matchPeerOf(client).session, input),

	'match:block': (client, { matchId }, { matchPeers }) =>
		matchPeers.matches.reports.block(client.personId, matchId),

	'match:report': (client, input, { matchPeers }) =>
		matchPeers.matches.reports.report(client.personId, input, client.block),
};
