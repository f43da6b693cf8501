import * as v from 'valibot';
import { fact, request } from './define.ts';
import { errorCode } from './errors.ts';
import { personId, roomId, sessionId } from './ids.ts';
import { limits } from './limits.ts';
import { displayName } from './text.ts';
import { userName } from './userName.ts';

const { ownPasswordLength: least, passwordLength: most, colours } = limits;

/** A password that somebody chooses. Length is what counts; the server refuses the most common ones. */
export const ownPassword = v.pipe(
	v.string(),
	v.minLength(least, `A password has at least ${least} characters.`),
	v.maxLength(most, `A password has at most ${most} characters.`),
);

/** What is typed into a form for signing in: whatever it is, it is answered alike. */
const typed = v.pipe(v.string(), v.maxLength(1000, 'That is too long.'));

/** One of the colours that stand for people, by its place among them. */
export const colour = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(colours - 1));

/** The last moment that a date can name, in ms since 1970: the end of the year 9999. */
export const lastDate = Date.UTC(10_000, 0) - 1;
/** As the end of a suspension: it has none. */
export const forEver = 8_640_000_000_000_000;

/** How long a suspension lasts. Whatever number is kept, there are words for it: nobody is let in because it is no date. */
export function suspensionEnd(until: number): string {
	if (until > lastDate) return 'for good';
	return `until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Until when somebody is kept out, in ms since 1970 or `forEver`, and why. */
export const suspension = v.object({ until: v.number(), reason: v.string() });
export type Suspension = v.InferOutput<typeof suspension>;

/** Who one is on this server, as its pages need to know. */
export const self = v.object({
	personId,
	/** Null for guests. Whoever came by way of an identity provider may have no user name. */
	account: v.nullable(v.object({ userName: v.nullable(v.string()) })),
	/** What one is called in rooms unless one says otherwise there. */
	name: v.nullable(v.string()),
	/** Null: the one that goes with the id. */
	colour: v.nullable(colour),
	administrator: v.boolean(),
	/** The only room that this session is for; null for all. */
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
	/** The browser and its system, as far as it told; empty where it did not. */
	device: v.string(),
	firstSeenAt: v.number(),
	lastSeenAt: v.number(),
	/** Whether it is the one that asks. */
	current: v.boolean(),
});
export type SessionInfo = v.InferOutput<typeof sessionInfo>;

const nothing = v.object({});

/**
 * What pages ask for over HTTP, because it comes with cookies. The names say how: what goes in is the JSON body
 * of a request that has one.
 */
export const accountRequests = {
	/** Who this is; somebody new gets a session. */
	'GET /api/session': request(
		nothing,
		v.object({
			...self.entries,
			/** What asks for an account here. */
			required: signInRule,
			/** What the operator's identity provider is called; null where there is none. */
			provider: v.nullable(v.string()),
		}),
	),
	/** By the token of another application, into its room. */
	'POST /api/session/token': request(
		v.object({
			token: v.pipe(v.string(), v.maxLength(8000)),
			roomId,
			/** Whether the page is shown within another one. */
			framed: v.boolean(),
		}),
		v.object({ personId, name: v.string() }),
	),
	/** A guest becomes an account and stays the same person. */
	'POST /api/account/sign-up': request(
		v.object({ userName, password: ownPassword, name: v.optional(displayName) }),
		self,
	),
	'POST /api/account/sign-in': request(
		v.object({
			userName: typed,
			password: typed,
			/** Whether what this guest has and said goes over to the account. */
			bring: v.optional(v.boolean(), false),
		}),
		self,
	),
	'POST /api/account/sign-out': request(
		v.object({ everywhere: v.optional(v.boolean(), false) }),
		nothing,
	),
	/** Ends all other sessions. `old` is null where there was none. */
	'POST /api/account/password': request(
		v.object({ old: v.nullable(typed), new: ownPassword }),
		nothing,
	),
	'GET /api/account': request(
		nothing,
		v.object({
			...self.entries,
			hasPassword: v.boolean(),
			/** Whether one can sign in with the operator's identity provider. */
			hasProvider: v.boolean(),
			/** What one has here: for guests too. */
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
	/** For good. `password` is null where there is none. */
	'POST /api/account/delete': request(
		v.object({
			password: v.nullable(typed),
			/** What becomes of what one wrote and sent. */
			messages: v.picklist(['keep', 'remove']),
		}),
		nothing,
	),
} as const;

export const accountFacts = {
	/** This session is over: the socket is closed after it. */
	'session:ended': fact(v.object({ code: errorCode, message: v.string() })),
} as const;
