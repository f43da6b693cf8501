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

/** What a system line tells; its author is who did it. */
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
	/** A password was set or changed, or taken away. */
	v.object({ event: v.literal('password'), set: v.boolean() }),
	v.object({ event: v.literal('ended-call') }),
]);
export type SystemEvent = v.InferOutput<typeof systemEvent>;
