import * as v from 'valibot';
import { callRecord, ring } from './calls.ts';
import { fact, request } from './define.ts';
import { contactCode, personId, roomId } from './ids.ts';
import { limits } from './limits.ts';
import { author } from './members.ts';
import { moment } from './moment.ts';
import { displayName } from './text.ts';

const nothing = v.object({});
const about = v.object({ personId });

/** What people choose to be seen as. `away` comes by itself, too. */
export const chosenState = v.picklist(['available', 'do-not-disturb', 'away']);
export type ChosenState = v.InferOutput<typeof chosenState>;

/** How a person can be met now, over all their tabs. */
export const presenceState = v.picklist([
	'available',
	'in-call',
	'do-not-disturb',
	'away',
	'offline',
]);
export type PresenceState = v.InferOutput<typeof presenceState>;

/** Somebody one knows. */
export const acquaintance = v.object({
	...author.entries,
	state: presenceState,
	/** One's own contact; others were met in a room. */
	contact: v.boolean(),
	/** The chat of the two, once something was written in it. */
	direct: v.nullable(
		v.object({
			roomId,
			/** When the last message was sent, in ms since 1970. */
			lastAt: v.nullable(v.number()),
			unread: v.number(),
		}),
	),
});
export type Acquaintance = v.InferOutput<typeof acquaintance>;

export const peopleRequests = {
	/** This page is open: from now on it rings here. Repeating it is harmless, and tells what rings. */
	'people:enter': request(
		v.object({
			/** What the person is called, if they ever said. */
			name: v.optional(displayName),
			/** Nobody looks at the page. */
			idle: v.boolean(),
		}),
		v.object({ personId, chosen: chosenState, rings: v.array(ring) }),
	),
	'people:idle': request(v.object({ idle: v.boolean() }), nothing),
	/** For all tabs, until changed. */
	'people:choose': request(v.object({ state: chosenState }), nothing),
	/** Those one knows, and from now on how they can be met. */
	'people:open': request(nothing, v.object({ people: v.array(acquaintance) })),
	'people:close': request(nothing, nothing),
	/** Somebody one has met becomes a contact. */
	'people:add': request(about, nothing),
	/** The two become contacts of each other. */
	'people:add-by-code': request(
		v.object({ code: contactCode, name: displayName }),
		v.object({ person: author }),
	),
	'people:remove': request(about, nothing),
	'people:block': request(about, nothing),
	'people:unblock': request(about, nothing),
	'people:blocked': request(nothing, v.object({ people: v.array(author) })),
	/** The secret of one's own "add me" link; a renewed one makes the old one worthless. */
	'people:code': request(v.object({ renew: v.boolean() }), v.object({ code: contactCode })),
	/** The room of the chat with this person, made at first use. */
	'people:direct': request(
		v.object({ personId, name: displayName }),
		v.object({ roomId, person: author }),
	),
	/** One's calls, latest first; `before` goes on from the last one found. */
	'people:history': request(
		v.object({
			before: v.optional(moment),
			limit: v.optional(
				v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.page)),
				50,
			),
		}),
		v.object({ calls: v.array(callRecord), more: v.boolean() }),
	),
} as const;

export const peopleFacts = {
	/** To those who opened the list, of somebody in it. */
	'people:state': fact(v.object({ personId, name: v.nullable(v.string()), state: presenceState })),
	/** One's list is another one now: ask again. */
	'people:changed': fact(nothing),
	/** What one chose in another tab. */
	'people:chosen': fact(v.object({ state: chosenState })),
} as const;
