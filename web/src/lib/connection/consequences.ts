import type { ErrorCode } from '#shared/errors.ts';

/** A request on the way into a room: `enter` makes a new lobby, `resume` takes the former peer over again. */
export type Step = 'enter' | 'join' | 'resume';

/**
 * What a failed step leads to: `again` after a pause, `start-over` from the lobby with a new peer, `decline` the join and stay in
 * the lobby, or `fail`.
 */
export type Consequence = 'again' | 'start-over' | 'decline' | 'fail';

/** The consequence of a step that failed with this code. `returning`: the client was inside before. */
export type Consequences = (step: Step, code: ErrorCode, returning: boolean) => Consequence;

/** The consequences on the way into a room. */
export const roomConsequences: Consequences = (step, code) => {
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
};

/**
 * Whether a client that the server put out for this reason goes back: its session or room is gone, and the person is
 * as welcome as before. A service that shuts down says `UNAVAILABLE`, and may be on its way back (SERVICE-1).
 */
export function comesBack(code: ErrorCode): boolean {
	return code === 'MEDIA_LOST' || code === 'RESUME_EXPIRED' || code === 'UNAVAILABLE';
}

const pointless = new Set<ErrorCode>([
	...(['BAD_REQUEST', 'BAD_MEDIA', 'UNKNOWN_REQUEST', 'CALL_OVER', 'CLIENT_TOO_OLD'] as const),
	...(['SIGN_IN_REQUIRED', 'SUSPENDED', 'SIGNED_OUT', 'NOT_ALLOWED'] as const),
	...(['ENCRYPTED', 'LINK_CHANGED', 'NOT_ENCRYPTED'] as const),
]);

/** Whether trying again makes sense after the connection ended for this reason. */
export const isWorthAnotherTry = (code: ErrorCode): boolean => !pointless.has(code);
