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

/** A ringing call into a room. */
export const ring = v.object({
	ringId,
	roomId,
	/** The caller, by the name that the callee stored or knows. */
	from: author,
	/** Whether the callee has the caller among their contacts. */
	known: v.boolean(),
	/** Whether the caller shows their picture. */
	video: v.boolean(),
	/** When it began, in ms since 1970. */
	since: time,
	/** The names of other people in the call already. */
	others: v.array(v.string()),
});
export type Ring = v.InferOutput<typeof ring>;

/** One call of a person's history. */
export const callRecord = v.object({
	ringId,
	roomId,
	/** The other person. */
	person: author,
	/** The name of the room, for its members; null if it has none. */
	roomName: v.nullable(v.string()),
	/** Whether the person called, or was called. */
	outgoing: v.boolean(),
	video: v.boolean(),
	beganAt: time,
	/** How long the two talked, in ms; null if they did not, or still do. */
	duration: v.nullable(v.number()),
	/** Null while it rings or runs. */
	outcome: v.nullable(ringOutcome),
});
export type CallRecord = v.InferOutput<typeof callRecord>;

/** The message to the caller when declining. */
const reply = v.pipe(
	messageBody,
	v.maxLength(limits.replyLength),
	v.check(saysSomething, 'Write a message first.'),
);

export const callRequests = {
	/**
	 * Calls an acquaintance into a room: a new room of the caller, or the room of the caller's call. Repeating the
	 * request answers with the state of the ring. If the callee is calling the caller, the callee's room is used.
	 */
	'call:start': request(
		v.object({
			...{ ringId, roomId, personId, name: displayName, video: v.boolean() },
			/** How long ago the call was first asked for, in ms. */
			age: v.optional(moment, 0),
		}),
		v.object({ roomId, outcome: v.nullable(ringOutcome) }),
	),
	/** Accepts the call; `room:join` follows. */
	'call:accept': request(v.object({ ringId }), v.object({ roomId })),
	'call:decline': request(v.object({ ringId, message: v.optional(reply) }), nothing),
	/** By the caller. Harmless if the ring is over. */
	'call:cancel': request(v.object({ ringId }), nothing),
} as const;

export const callFacts = {
	/** To all tabs of the callee. */
	'call:ringing': fact(v.object({ ring })),
	/** To all tabs of both. */
	'call:over': fact(
		v.object({
			ringId,
			roomId,
			outcome: ringOutcome,
			/** The callee's message when declining. */
			message: v.nullable(v.string()),
		}),
	),
} as const;
