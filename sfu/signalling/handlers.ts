import type { Data, Parsed, RequestName } from '#shared/protocol.ts';
import type { CallLog } from '../calls/callLog.ts';
import type { Calls } from '../calls/calls.ts';
import type { Chats } from '../chat/chats.ts';
import type { IceServers } from '../media/iceServers.ts';
import type { Entry } from '../people/entry.ts';
import type { Acquaintances } from '../people/acquaintances.ts';
import type { Presence } from '../people/presence.ts';
import type { ChatAudience } from './chatAudience.ts';
import type { Client, Seat } from './client.ts';
import type { LiveRooms } from './liveRooms.ts';
import type { Meetings } from './meetings.ts';
import type { PeopleAudience } from './peopleAudience.ts';

/** Who is here, who knows whom, and who calls whom. */
export type People = {
	presence: Presence;
	acquaintances: Acquaintances;
	calls: Calls;
	callLog: CallLog;
	audience: Pick<PeopleAudience, 'enter' | 'open' | 'close'>;
};

/** What handlers may use besides the client that asks. */
export type Context = {
	rooms: LiveRooms;
	iceServers: IceServers;
	chats: Chats;
	entry: Entry;
	meetings: Meetings;
	audience: Pick<ChatAudience, 'add' | 'remove'>;
	people: People;
};

/**
 * Carries out one request, already parsed, budgeted and permitted in the client's phase. It throws a
 * CodedError where it cannot.
 */
export type Handler<N extends RequestName> = (
	client: Client,
	input: Parsed<N>,
	context: Context,
) => Promise<Data<N>> | Data<N>;

export type Handlers<N extends RequestName = RequestName> = { [K in N]: Handler<K> };

/**
 * What the client holds in a room or lobby.
 *
 * @throws {Error} outside; `permissions.ts` lets no such request through.
 */
export function seatOf(client: Client): Seat {
	const { place } = client;
	if (place.phase === 'outside' || place.phase === 'match')
		throw new Error('a request without a seat was let through');
	return place;
}
