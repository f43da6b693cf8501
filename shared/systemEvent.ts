import * as v from 'valibot';
import { limits } from './limits.ts';
import { author } from './members.ts';

/** How long a room keeps its chat. `until-empty`: until the last person has left the call. */
export const retention = v.variant('kind', [
	v.object({ kind: v.literal('forever') }),
	v.object({
		kind: v.literal('days'),
		days: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.retentionDays)),
	}),
	v.object({ kind: v.literal('until-empty') }),
]);
export type Retention = v.InferOutput<typeof retention>;

/**
 * The outcome of a ring. `busy`: the callee talks, or is being called; `do-not-disturb` is told only to the callee's
 * contacts. `no-answer` is also told when the callee is absent, or does not want to hear from the caller.
 */
export const ringOutcome = v.picklist([
	'accepted',
	'declined',
	'cancelled',
	'no-answer',
	'busy',
	'do-not-disturb',
]);
export type RingOutcome = v.InferOutput<typeof ringOutcome>;

/** The event of a system line; its author is the person who did it. */
export const systemEvent = v.variant('event', [
	v.object({ event: v.literal('joined') }),
	v.object({ event: v.literal('left') }),
	v.object({ event: v.literal('retention'), retention }),
	v.object({ event: v.literal('named-host'), person: author }),
	v.object({ event: v.literal('unnamed-host'), person: author }),
	v.object({ event: v.literal('removed'), person: author }),
	v.object({ event: v.literal('allowed'), person: author }),
	v.object({ event: v.literal('muted-everybody') }),
	v.object({ event: v.literal('locked'), locked: v.boolean() }),
	/** A host set, changed or removed the password. */
	v.object({ event: v.literal('password'), set: v.boolean() }),
	/** A host named the room, or removed its name. */
	v.object({ event: v.literal('named-room'), name: v.nullable(v.string()) }),
	v.object({ event: v.literal('ended-call') }),
	/** In the chat of two: a call by the author, and its length in seconds if it was answered. */
	v.object({ event: v.literal('called'), outcome: ringOutcome, seconds: v.nullable(v.number()) }),
]);
export type SystemEvent = v.InferOutput<typeof systemEvent>;
