import * as v from 'valibot';

/**
 * Every way a request can fail. The code is for programs and stays; the message is for people and
 * may be reworded. Pages say it in the person's language.
 */
export const errorMessages = () => ({
	BAD_REQUEST: 'The request was not understood.',
	UNKNOWN_REQUEST: 'The server does not know this request.',
	TOO_LARGE: 'The request is too large.',
	TOO_MANY_REQUESTS: 'That was too many requests at once. Try again in a moment.',
	UNAUTHENTICATED: 'There is no session. Reload the page.',
	CLIENT_TOO_OLD: 'This page is of another version than the server. Reload it.',
	SIGN_IN_REQUIRED: 'Sign in first: this server asks for it here.',
	SIGNED_OUT: 'You were signed out. Reload the page to go on.',
	SUSPENDED: 'You are suspended from this server.',
	NAME_TAKEN: 'Somebody has this user name, or one that looks the same. Choose another one.',
	WEAK_PASSWORD: 'Many people use this password, so it is tried first. Choose another one.',
	WRONG_CREDENTIALS: 'This user name and this password do not belong together.',
	SIGN_IN_FAILED: 'The sign-in was not completed. Try again.',
	SIGN_IN_EXPIRED: 'The sign-in took too long, or was completed already. Try again.',
	BAD_TOKEN: 'This link was not made for this room. Ask for a new one where you got it.',
	TOKEN_EXPIRED: 'This link has expired. Ask for a new one where you got it.',
	TOKEN_USED: 'This link was used already. Ask for a new one where you got it.',
	WRONG_PHASE: 'That is not possible now: enter the lobby or join the room first.',
	NOT_FOUND: 'That does not exist here.',
	NOT_MEMBER: 'Only those who have joined this room may read and write in it.',
	NOT_ALLOWED: 'You may not do that here.',
	NOT_ADMITTED: 'You were not let into this room yet.',
	BAD_PASSWORD: 'That is not the password of this room.',
	REMOVED: 'A host removed you from this room.',
	CALL_ENDED: 'A host ended the call for everybody.',
	CALL_OVER: 'The call is over.',
	CONFLICT: 'That contradicts what is already there.',
	LIMIT_REACHED: 'There is no more room for that.',
	ROOM_FULL: 'The room is full.',
	BAD_MEDIA: 'The media description makes no sense to the server.',
	RESUME_EXPIRED: 'The place in the room was given up. Join again.',
	TAKEN_OVER: 'You joined again from another tab or window.',
	MEDIA_LOST: 'The media server restarted. Joining again.',
	UNAVAILABLE: 'The server can take no calls at the moment. Try again in a moment.',
	NOT_SAVED: 'The server cannot save anything at the moment. Try again in a moment.',
	INTERNAL: 'Something went wrong on the server.',
});

export type ErrorCode = keyof ReturnType<typeof errorMessages>;

export const errorCode = v.picklist(Object.keys(errorMessages()) as ErrorCode[]);

/** The one shape of a failure on the wire. */
export type WireError = { code: ErrorCode; message: string };

/** The one shape of an answer on the wire. */
export type Answer<Data> = { ok: true; data: Data } | { ok: false; error: WireError };

/**
 * A failure that is meant for the other side: thrown by handlers and turned into an answer in one
 * place, thrown again by the client's `request`.
 */
export class CodedError extends Error {
	readonly code: ErrorCode;

	constructor(code: ErrorCode, message: string = errorMessages()[code]) {
		super(message);
		this.name = 'CodedError';
		this.code = code;
	}

	toWire(): WireError {
		return { code: this.code, message: this.message };
	}
}
