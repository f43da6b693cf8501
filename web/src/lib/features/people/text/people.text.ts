import type { CallRecord, Ring } from '#shared/calls.ts';
import { CodedError } from '#shared/errors.ts';
import type { ChosenState, PresenceState } from '#shared/people.ts';
import { durationWords } from '#lib/language/dates.text.ts';
import { nameList } from '#lib/language/nameList.ts';
import type { Outgoing } from '../engine/keptCalls.ts';

/** The title of a ring: who calls. */
export function ringWords({ from, others, video }: Ring): string {
	if (others.length > 0) return `${from.name} invites you to ${nameList(others)}`;
	return video ? `${from.name} is calling with video` : `${from.name} is calling`;
}

/** The outcome of a call that the person makes. */
export function outgoingWords({ person: { name }, outcome, message }: Outgoing): string {
	switch (outcome) {
		case null:
			return 'Ringing…';
		case 'declined':
			return message ? `${name} can't talk now: “${message}”` : `${name} declined`;
		case 'busy':
			return `${name} is in another call`;
		case 'do-not-disturb':
			return `${name} has Do not disturb on`;
		case 'no-answer':
			return `${name} didn't answer`;
		case 'cancelled':
			return message ?? `Call to ${name} ended`;
	}
}

/** Why something about a call could not be done. */
export const failureWords = (error: unknown): string =>
	error instanceof CodedError
		? error.message
		: 'Something went wrong in this browser. Reload the page.';

/** The presence of a person, in words. */
export function stateWords(state: PresenceState | ChosenState): string {
	switch (state) {
		case 'available':
			return 'Available';
		case 'in-call':
			return 'In a call';
		case 'do-not-disturb':
			return 'Do not disturb';
		case 'away':
			return 'Away';
		case 'offline':
			return 'Offline';
	}
}

/** The outcome of a past call. */
export function recordWords({ outgoing, outcome, duration }: CallRecord): string {
	if (duration !== null) {
		const length = durationWords(duration);
		return outgoing ? `You called · ${length}` : `Called you · ${length}`;
	}
	if (outcome === null) return outgoing ? 'Calling' : 'Calling you';
	if (outcome === 'declined') return outgoing ? 'Declined' : 'You declined';
	if (outcome === 'busy') return outgoing ? 'In another call' : 'You were in another call';
	if (outgoing) return outcome === 'cancelled' ? 'You cancelled' : 'No answer';
	return 'Missed';
}
