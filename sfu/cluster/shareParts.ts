import type { PersonId, RoomId } from '#shared/ids.ts';
import type { CallEvents, Calls } from '../calls/calls.ts';
import type { ChatEvents, Chats } from '../chat/chats.ts';
import type { Cluster } from '../nodes/enterCluster.ts';
import { share } from '../nodes/share.ts';
import type { AccountRemoval, RemovalEvents } from '../people/identity/accountRemoval.ts';
import type { SessionEvents, SessionRegistry } from '../people/identity/sessionRegistry.ts';
import type { Presence, PresencePart } from '../people/presence/presence.ts';
import type { AcquaintanceEvents, Acquaintances } from '../people/social/acquaintances.ts';
import type { MatchPeers } from '../signalling/match/matchPeers.ts';
import type { LiveRooms, LiveRoomsEvents } from '../signalling/room/liveRooms.ts';

/** What each node knows of people, rooms and chats, and the others need to know. */
export type SharedParts = {
	chats: Chats;
	sessionRegistry: SessionRegistry;
	accountRemoval: AccountRemoval;
	acquaintances: Acquaintances;
	presence: Presence;
	calls: Calls;
	rooms: LiveRooms;
	matchPeers: MatchPeers;
	/** Has all pages connect anew, and say again what they rely on. */
	reconnect(): void;
};

/**
 * The nodes tell each other what happens in these parts from now on.
 *
 * @param tellRings tells the other nodes the rings that this node looks after.
 */
export function shareParts(
	{ news, places }: Pick<Cluster, 'news' | 'places'>,
	{
		chats,
		sessionRegistry,
		accountRemoval,
		acquaintances,
		presence,
		calls,
		rooms,
		matchPeers,
		reconnect,
	}: SharedParts,
	tellRings: () => void,
): void {
	share<ChatEvents>(
		news,
		'chats',
		chats,
		['typing', 'read', 'member', 'removed', 'cleared', 'retained', 'slowed', 'named', 'opened'],
		(event) => chats.receive(event),
	);
	chats.on('storedHere', (...stored) => news.tell('chats.stored', ...stored));
	chats.on('changedHere', (...changed) => news.tell('chats.changed', ...changed));
	news.listen('chats.stored', (stored: ChatEvents['storedHere']) => chats.receivePosted(...stored));
	news.listen('chats.changed', (changed: ChatEvents['changedHere']) =>
		chats.receiveChanged(...changed),
	);
	const sessionEvents = ['ended', 'excluded', 'moved', 'changed'] as const;
	share<SessionEvents>(news, 'sessions', sessionRegistry, sessionEvents, ({ event, args }) => {
		if (event === 'changed' || event === 'excluded') sessionRegistry.drop(args[0]);
	});
	share<RemovalEvents>(news, 'removal', accountRemoval, ['gone', 'banned']);
	const social = ['changed', 'blocked', 'unblocked', 'chosen'] as const;
	share<AcquaintanceEvents>(news, 'acquaintances', acquaintances, social, ({ event, args }) => {
		if (event === 'chosen') presence.choose(...args);
	});
	share<CallEvents>(news, 'calls', calls, ['ringing', 'over', 'hidden']);
	share<LiveRoomsEvents>(news, 'rooms', rooms, ['joined', 'left']);
	presence.on('part', (...part) => news.tell('presence', ...part));
	news.listen('presence', (args: [PersonId, PresencePart], from) =>
		presence.receive(from, ...args),
	);
	const tellAll = () => {
		for (const part of presence.parts) news.tell('presence', ...part);
		if (places.has('rings')) tellRings();
	};
	places.on('came', tellAll);
	news.listen('tell all', tellAll);
	// As an operator would from this machine.
	news.listen(
		'drain',
		([id]: [string]) => id === places.ownId && process.kill(process.pid, 'SIGTERM'),
	);
	places.on('gone', (id) => presence.forgetNode(id));
	places.on('alone', reconnect);
	places.on('taken', (place) => {
		if (place === 'strangers') matchPeers.giveUp();
		else if (place === 'rings') calls.retire();
		else if (place.startsWith('room ')) void rooms.giveUp(place.slice('room '.length) as RoomId);
	});
	news.on('missed', () => {
		sessionRegistry.dropAll();
		chats.access.forgetAll();
		news.tell('tell all');
		reconnect();
	});
}
