import * as v from 'valibot';
import { fact, request } from './define.ts';
import { personId, ringId, roomId } from './ids.ts';
import { limits } from './limits.ts';
import { author } from './members.ts';
import { moment } from './moment.ts';
import { ringOutcome } from './systemEvent.ts';
import { displayName, messageBody, saysSomething } from './text.ts';

const nothing = v.object({});
const time = v.number();

/** A call that rings: somebody wants one in a room. */
export const ring = v.object({
	ringId,
	roomId,
	/** The caller, by the name that the callee keeps or knows. */
	from: author,
	/** Whether the callee has the caller among their contacts. */
	known: v.boolean(),
	/** Whether the caller shows their picture. */
	video: v.boolean(),
	/** Since when, in ms since 1970. */
	since: time,
	/** Who else is in the call already. */
	others: v.array(v.string()),
});
export type Ring = v.InferOutput<typeof ring>;

/** One call of a person's history. */
export const callRecord = v.object({
	ringId,
	roomId,
	/** The other one. */
	person: author,
	/** Whether one called, or was called. */
	outgoing: v.boolean(),
	video: v.boolean(),
	beganAt: time,
	/** How long the two talked, in ms; null when they did not, or still do. */
	duration: v.nullable(v.number()),
	/** Null while it rings or goes on. */
	outcome: v.nullable(ringOutcome),
});
export type CallRecord = v.InferOutput<typeof callRecord>;

/** What is written to the caller when declining. */
const reply = v.pipe(
	messageBody,
	v.maxLength(limits.replyLength),
	v.check(saysSomething, 'There is nothing to send.'),
);

export const callRequests = {
	/**
	 * Calls somebody one knows into a room: a new one of one's own making, or the one whose call one is in. The
	 * same request again tells how it stands. Where the other one is calling too, theirs is the room.
	 */
	'call:start': request(
		v.object({
			...{ ringId, roomId, personId, name: displayName, video: v.boolean() },
			/** How long ago it was asked for first, in ms. */
			age: v.optional(moment, 0),
		}),
		v.object({ roomId, outcome: v.nullable(ringOutcome) }),
	),
	/** Goes to the call; `room:join` follows. */
	'call:accept': request(v.object({ ringId }), v.object({ roomId })),
	'call:decline': request(v.object({ ringId, message: v.optional(reply) }), nothing),
	/** By the caller. Harmless when it is over. */
	'call:cancel': request(v.object({ ringId }), nothing),
} as const;

export const callFacts = {
	/** To all tabs of the one who is called. */
	'call:ringing': fact(v.object({ ring })),
	/** To all tabs of both. */
	'call:over': fact(
		v.object({
			ringId,
			roomId,
			outcome: ringOutcome,
			/** What the one who declined wrote. */
			message: v.nullable(v.string()),
		}),
	),
} as const;
