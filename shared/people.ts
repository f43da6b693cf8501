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

/** The states that people can choose. `away` also comes by itself. */
export const chosenState = v.picklist(['available', 'do-not-disturb', 'away']);
export type ChosenState = v.InferOutput<typeof chosenState>;

/** A person's state over all their tabs. */
export const presenceState = v.picklist([
	'available',
	'in-call',
	'do-not-disturb',
	'away',
	'offline',
]);
export type PresenceState = v.InferOutput<typeof presenceState>;

/** A person whom the user knows. */
export const acquaintance = v.object({
	...author.entries,
	state: presenceState,
	/** Whether the person is a contact; others were met in a room. */
	contact: v.boolean(),
	/** The chat of the two, once it holds a message. */
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
	/** This page is open: from now on calls ring here. Repeating it is harmless, and tells the current rings. */
	'people:enter': request(
		v.object({
			/** The person's name, if they ever stated one. */
			name: v.optional(displayName),
			/** The person does not look at the page. */
			idle: v.boolean(),
		}),
		v.object({ personId, chosen: chosenState, rings: v.array(ring) }),
	),
	'people:idle': request(v.object({ idle: v.boolean() }), nothing),
	/** For all tabs, until changed. */
	'people:choose': request(v.object({ state: chosenState }), nothing),
	/** The person's acquaintances. From now on the socket is told their states. */
	'people:open': request(nothing, v.object({ people: v.array(acquaintance) })),
	'people:close': request(nothing, nothing),
	/** Makes a person whom the user has met a contact. */
	'people:add': request(about, nothing),
	/** Makes the two contacts of each other. With `preview`, only tells whose link it is. */
	'people:add-by-code': request(
		v.object({ code: contactCode, name: displayName, preview: v.optional(v.boolean(), false) }),
		v.object({ person: author }),
	),
	'people:remove': request(about, nothing),
	'people:block': request(about, nothing),
	'people:unblock': request(about, nothing),
	'people:blocked': request(nothing, v.object({ people: v.array(author) })),
	/** The secret of the person's "add me" link. Renewing it makes the old one invalid. */
	'people:code': request(v.object({ renew: v.boolean() }), v.object({ code: contactCode })),
	/** The room of the chat with this person, made at first use. */
	'people:direct': request(
		v.object({ personId, name: displayName }),
		v.object({ roomId, person: author }),
	),
	/** The person's calls, latest first; `before` continues after the last one found. */
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
	/** To sockets that opened the list, about a person in it. */
	'people:state': fact(v.object({ personId, name: v.nullable(v.string()), state: presenceState })),
	/** The person's list changed: ask again. */
	'people:changed': fact(nothing),
	/** The person's choice in another tab. */
	'people:chosen': fact(v.object({ state: chosenState })),
} as const;
