import type { Data, Parsed, RequestName } from '#shared/protocol.ts';
import type { CallLog } from '../../calls/callLog.ts';
import type { CallRequests } from '../../calls/calls.ts';
import type { Chats } from '../../chat/chats.ts';
import type { IceServers } from '../../media/worker/iceServers.ts';
import type { AccessPolicy } from '../../people/identity/accessPolicy.ts';
import type { Acquaintances } from '../../people/social/acquaintances.ts';
import type { Presence } from '../../people/presence/presence.ts';
import type { ChatAudience } from '../audience/chatAudience.ts';
import type { Client } from '../client/client.ts';
import { RoomPlace } from '../room/liveRoom.ts';
import type { LiveRooms } from '../room/liveRooms.ts';
import type { MatchPeers } from '../match/matchPeers.ts';
import type { PeopleAudience } from '../audience/peopleAudience.ts';

/** Who is here, who knows whom, and who calls whom. */
export type People = {
	presence: Presence;
	acquaintances: Acquaintances;
	calls: CallRequests;
	callLog: CallLog;
	audience: Pick<PeopleAudience, 'enter' | 'open' | 'close'>;
};

/** What handlers may use besides the client that asks. */
export type Context = {
	rooms: LiveRooms;
	iceServers: IceServers;
	chats: Chats;
	accessPolicy: AccessPolicy;
	matchPeers: MatchPeers;
	audience: Pick<ChatAudience, 'add' | 'remove'>;
	people: People;
};

/** The answer's data; nothing for a request that is answered without data. */
export type Answered<N extends RequestName> = keyof Data<N> extends never ? void : Data<N>;

/**
 * Carries out one request, already parsed, budgeted and permitted in the client's phase. It throws a
 * CodedError where it cannot.
 */
export type Handler<N extends RequestName> = (
	client: Client,
	input: Parsed<N>,
	context: Context,
) => Promise<Answered<N>> | Answered<N>;

export type Handlers<N extends RequestName = RequestName> = { [K in N]: Handler<K> };

/**
 * What the client holds in a room or lobby.
 *
 * @throws {Error} outside; `permissions.ts` lets no such request through.
 */
export function placeOf({ place }: Client): RoomPlace {
	if (!(place instanceof RoomPlace)) throw new Error('a request outside a room was let through');
	return place;
}
