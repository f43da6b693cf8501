import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { personId, roomId, sessionId } from './ids.ts';
import { limits } from './limits.ts';
import { displayName } from './text.ts';
import { userName } from './userName.ts';

const { ownPasswordLength: least, passwordLength: most, colours } = limits;

/** A password that a person chooses. Its length matters most; the server refuses the most common ones. */
export const ownPassword = v.pipe(
	v.string(),
	v.minLength(least, () => `Passwords need at least ${least} characters.`),
	v.maxLength(most, () => `Passwords can have up to ${most} characters.`),
);

/** Text of a sign-in form. Any text gets the same kind of answer. */
const typed = v.pipe(v.string(), v.maxLength(1000, "That's too long."));

/** The index of one of the colours that stand for people. */
export const colour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(colours - 1));

/** The last moment that a suspension can name, in ms since 1970: the end of the year 9999. */
export const lastDate = Date.UTC(10_000, 0) - 1;
/** The end of a suspension that never ends. */
export const forEver = 8_640_000_000_000_000;

/** The end of a suspension in words. Any stored number has words, so that an invalid date admits nobody. */
export function suspensionEnd(until: number): string {
	if (until > lastDate) return 'permanently';
	return `until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The end of a suspension, in ms since 1970 or `forEver`, and its reason. */
export const suspension = v.object({ until: v.number(), reason: v.string() });
export type Suspension = v.InferOutput<typeof suspension>;

/** The person, as their own pages need to know them. */
export const self = v.object({
	personId,
	/** Null for guests. An account from an identity provider may have no user name. */
	account: v.nullable(v.object({ userName: v.nullable(v.string()) })),
	/** The person's name in rooms, unless they state another one there. */
	name: v.nullable(v.string()),
	/** Null: the colour that is derived from the id. */
	colour: v.nullable(colour),
	administrator: v.boolean(),
	/** The only room that this session is valid for; null for all. */
	roomId: v.nullable(roomId),
	suspended: v.nullable(suspension),
});
export type Self = v.InferOutput<typeof self>;

/** What guests may do: everything; join but not make rooms; nothing before they sign in. */
export const signInRule = v.picklist(
	['never', 'rooms', 'joining'],
	'must be "never", "rooms" or "joining"',
);

export const sessionInfo = v.object({
	sessionId,
	/** The browser and its system, as the browser states them; empty if unknown. */
	device: v.string(),
	firstSeenAt: v.number(),
	lastSeenAt: v.number(),
	/** Whether it is the session of this request. */
	current: v.boolean(),
	/** Whether a page of it is connected now. */
	active: v.boolean(),
});
export type SessionInfo = v.InferOutput<typeof sessionInfo>;

const nothing = v.object({});

/**
 * Requests of pages over HTTP, which set cookies. The name is method and path; the input is the JSON body of a request
 * that has one.
 */
export const accountRequests = {
	/** The person's own profile; a new person gets a session. */
	'GET /api/session': request(
		nothing,
		v.object({
			...self.entries,
			/** What requires an account on this server. */
			required: signInRule,
			/** The name of the operator's identity provider; null if there is none. */
			provider: v.nullable(v.string()),
			/** The operator's pages: https addresses, or paths of this origin; null where there is none. */
			links: v.object({ privacy: v.nullable(v.string()), imprint: v.nullable(v.string()) }),
		}),
	),
	/** Admits the holder of another application's token to its room. */
	'POST /api/session/token': request(
		v.object({
			token: v.pipe(v.string(), v.maxLength(8000)),
			roomId,
			/** Whether the page is shown within a page of another site. */
			framed: v.boolean(),
		}),
		v.object({ personId, name: v.string() }),
	),
	/** Gives a guest an account; they stay the same person. */
	'POST /api/account/sign-up': request(
		v.object({ userName, password: ownPassword, name: v.optional(displayName) }),
		self,
	),
	'POST /api/account/sign-in': request(
		v.object({
			userName: typed,
			password: typed,
			/** Whether the guest's data moves to the account. */
			bring: v.optional(v.boolean(), false),
		}),
		self,
	),
	'POST /api/account/sign-out': request(
		v.object({ everywhere: v.optional(v.boolean(), false) }),
		nothing,
	),
	/** Ends all other sessions. `old` is null if there was no password. */
	'POST /api/account/password': request(
		v.object({ old: v.nullable(typed), new: ownPassword }),
		nothing,
	),
	'GET /api/account': request(
		nothing,
		v.object({
			...self.entries,
			hasPassword: v.boolean(),
			/** Whether the person can sign in with the operator's identity provider. */
			hasProvider: v.boolean(),
			/** Counts of what the person has here, for guests too. */
			rooms: v.number(),
			messages: v.number(),
			tokens: v.number(),
		}),
	),
	'PATCH /api/account': request(
		v.object({ name: v.optional(displayName), colour: v.optional(v.nullable(colour)) }),
		self,
	),
	'GET /api/account/sessions': request(nothing, v.object({ sessions: v.array(sessionInfo) })),
	'POST /api/account/sessions/end': request(v.object({ sessionId }), nothing),
	/** For good. `password` is null if there is none. */
	'POST /api/account/delete': request(
		v.object({
			password: v.nullable(typed),
			/** What happens to the person's messages and files. */
			messages: v.picklist(['keep', 'remove']),
		}),
		nothing,
	),
} as const;

export const accountFacts = {
	/** This session is over. The socket is closed afterwards. */
	'session:ended': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
