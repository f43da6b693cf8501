import type { matchRequests } from '#shared/match.ts';
import type { Client } from './client.ts';
import type { Handlers } from './handlers.ts';
import { placeInfo, type Meeting } from './meeting.ts';

/** @throws {Error} outside; `permissions.ts` lets no such request through. */
function meetingOf({ place }: Client): Meeting {
	if (place.phase !== 'match') throw new Error('a request without a meeting was let through');
	return place.live;
}

export const onMatch: Handlers<keyof typeof matchRequests> = {
	'match:enter': async (client, { media }, { meetings, iceServers }) => {
		client.leave();
		const { matches } = meetings;
		const agreed = await matches.agreed(client.personId);
		const { place } = await meetings.enter(client, media);
		const waiting = matches.maker.waiting;
		return { agreed, waiting, media: placeInfo(place, iceServers.of(client.personId)) };
	},

	'match:start': async (client, input) => ({ waiting: await meetingOf(client).start(input) }),

	'match:next': (client, { matchId }, { meetings }) => ({
		waiting: meetings.matches.maker.next(meetingOf(client).stay, matchId),
	}),

	'match:stop': (client, _input, { meetings }) => {
		meetings.matches.maker.stop(meetingOf(client).stay);
		return {};
	},

	'match:leave': (client) => {
		meetingOf(client).leave();
		return {};
	},

	'match:post': (client, input, { meetings }) =>
		meetings.matches.post(meetingOf(client).stay, input),

	'match:typing': (client, { matchId, typing }, { meetings }) => {
		meetings.matches.maker.typing(meetingOf(client).stay, matchId, typing);
		return {};
	},

	'match:keep': async (client, input, { meetings }) => {
		await meetings.matches.keep(meetingOf(client).stay, input);
		return {};
	},

	'match:block': async (client, { matchId }, { meetings }) => {
		await meetings.matches.recourse.block(client.personId, matchId);
		return {};
	},

	'match:report': async (client, input, { meetings }) => {
		await meetings.matches.recourse.report(client.personId, input, client.block);
		return {};
	},
};
