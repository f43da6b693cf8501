import type { CodedError, ErrorCode } from '#shared/errors.ts';
import type { Phase } from './model.ts';

/*
 * The thinking behind entering, joining and returning: one loop takes the next step towards where the
 * person wants to be from where the server has this socket, until both are the same.
 */

/** Where the person wants to be. */
export type Goal = { kind: 'nowhere' } | { kind: 'lobby' } | { kind: 'room'; name: string };
/** Where the server has this socket. A new socket is nowhere. */
export type Place = 'nowhere' | 'lobby' | 'room';
/** `resume` takes over the peer that one was; `enter` starts over. */
export type Step = 'enter' | 'join' | 'resume';

/** What to do next; null when the person is where they want to be. */
export function nextStep(goal: Goal['kind'], place: Place, resumable: boolean): Step | null {
	if (goal === 'nowhere') return null;
	if (place === 'nowhere') return goal === 'room' && resumable ? 'resume' : 'enter';
	return goal === 'room' && place === 'lobby' ? 'join' : null;
}

/**
 * What a failed step leads to: `again` after a pause (or when the connection is back), `start-over` from
 * the lobby with a new peer, `decline` the join and stay in the lobby, or `fail`.
 */
export type Consequence = 'again' | 'start-over' | 'decline' | 'fail';

export function consequenceOf(step: Step, code: ErrorCode): Consequence {
	switch (code) {
		case 'UNAVAILABLE':
		case 'TOO_MANY_REQUESTS':
			return 'again';
		case 'RESUME_EXPIRED':
		case 'MEDIA_LOST':
		case 'WRONG_PHASE':
			return 'start-over';
		case 'NOT_FOUND':
			return step === 'resume' ? 'start-over' : 'fail';
		case 'ROOM_FULL':
		case 'NOT_ADMITTED':
		case 'BAD_REQUEST':
			return step === 'join' ? 'decline' : 'fail';
		default:
			return 'fail';
	}
}

/**
 * Whether somebody goes back whose stay the server ended for this reason: what they were in is gone, and they are as
 * welcome as before. A service that shuts down says `UNAVAILABLE`, and may be on its way back (R116).
 */
export function comesBack(code: ErrorCode): boolean {
	return code === 'MEDIA_LOST' || code === 'RESUME_EXPIRED' || code === 'UNAVAILABLE';
}

const pointless = new Set<ErrorCode>([
	...(['BAD_REQUEST', 'BAD_MEDIA', 'UNKNOWN_REQUEST', 'CALL_OVER', 'CLIENT_TOO_OLD'] as const),
	...(['SIGN_IN_REQUIRED', 'SUSPENDED', 'SIGNED_OUT', 'NOT_ALLOWED'] as const),
]);

/**
 * How a call is that cannot go on for this reason. Where the same would happen again, nobody is invited to try.
 */
export function failure({ code, message }: CodedError): Extract<Phase, { kind: 'failed' }> {
	return { kind: 'failed', code, message, again: !pointless.has(code) };
}
