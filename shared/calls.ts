import * as v from 'valibot';

/**
 * How a ring ended. `busy`: the other one talks, or is being called; `do-not-disturb` is told to their contacts
 * only. `no-answer` is all that is said of somebody who is not there, or does not want to hear from the caller.
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
