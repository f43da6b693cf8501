import * as v from 'valibot';

/**
 * Every error that a request can be answered with. The code is for programs and stays; the message is for people and
 * may be reworded. Pages show it in the person's language.
 */
export const errorMessages = () => ({
	BAD_REQUEST: 'Something went wrong. Reload the page.',
	UNKNOWN_REQUEST: 'This page is out of date. Reload it.',
	TOO_LARGE: "That's too large.",
	TOO_MANY_REQUESTS: 'Too many attempts. Try again in a moment.',
	TOO_MANY_TABS: 'Too many tabs are open. Close some.',
	UNAUTHENTICATED: 'Your session has ended. Reload the page.',
	CLIENT_TOO_OLD: 'This page is out of date. Reload it.',
	SIGN_IN_REQUIRED: 'Sign in to continue.',
	SIGNED_OUT: "You've been signed out. Reload the page to continue.",
	SUSPENDED: "You're suspended from this server.",
	NAME_TAKEN: 'That username is taken, or too similar to one that is.',
	WEAK_PASSWORD: 'This password is too common. Choose another.',
	WRONG_CREDENTIALS: 'Wrong username or password.',
	SIGN_IN_FAILED: "Sign-in wasn't completed. Try again.",
	SIGN_IN_EXPIRED: 'Sign-in took too long or was already completed. Try again.',
	BAD_TOKEN: "This link isn't for this room. Ask for a new one where you got it.",
	BAD_CLAIM: "This link isn't for this room. Ask for a new one where you got it.",
	TOKEN_TOO_EARLY: "This link isn't valid yet. Try again in a moment.",
	TOKEN_EXPIRED: 'This link has expired. Ask for a new one where you got it.',
	TOKEN_USED: 'This link has already been used. Ask for a new one where you got it.',
	WRONG_PHASE: 'Open the lobby or join the room first.',
	NOT_FOUND: 'Not found.',
	NOT_MEMBER: 'Join this room to read and write messages.',
	NOT_ALLOWED: "You don't have permission to do that.",
	NOT_ADMITTED: "You haven't been let in yet.",
	SLOW_MODE: 'Slow mode is on. Wait a moment before the next message.',
	BAD_PASSWORD: 'Wrong password.',
	ENCRYPTED: 'This room is end-to-end encrypted. Open it with the whole link.',
	LINK_CHANGED: 'The link of this room has changed. Ask someone inside for the new one.',
	NOT_ENCRYPTED: "This room isn't end-to-end encrypted, although the link has a key.",
	REMOVED: 'A host removed you from this room.',
	MOVED_TO_WAITING: 'A host moved you to the waiting room.',
	CALL_ENDED: 'The host ended the call.',
	CALL_OVER: 'The call is over.',
	CONFLICT: 'This was changed meanwhile. Reload.',
	LIMIT_REACHED: 'Out of storage.',
	ROOM_FULL: 'The room is full.',
	BAD_MEDIA: "Your browser and the server couldn't agree on audio and video. Reload the page.",
	RESUME_EXPIRED: 'You were disconnected for too long. Join again.',
	TAKEN_OVER: 'You joined from another tab or window.',
	MEDIA_LOST: 'The server restarted. Reconnecting…',
	ELSEWHERE: 'This call runs on another server. Connecting…',
	UNAVAILABLE: "The server can't take calls right now. Try again in a moment.",
	NOT_SAVED: "The server can't save anything right now. Try again in a moment.",
	INTERNAL: 'Something went wrong on the server.',
});

export type ErrorCode = keyof ReturnType<typeof errorMessages>;

export const errorCode = v.picklist(Object.keys(errorMessages()) as ErrorCode[]);

/** The one shape of a failure on the wire. */
export type WireError = {
	code: ErrorCode;
	message: string;
	/** After how many ms the same request may succeed, where that is known. */
	retryAfter?: number;
};

/** The one shape of an answer on the wire. */
export type Answer<Data> = { ok: true; data: Data } | { ok: false; error: WireError };

/**
 * A failure for the other side. Handlers throw it, and one place turns it into an answer. The client's `request` throws
 * it again.
 */
export class CodedError extends Error {
	readonly code: ErrorCode;
	/** After how many ms the same request may succeed, where that is known. */
	readonly retryAfter: number | undefined;

	constructor(code: ErrorCode, message: string = errorMessages()[code], retryAfter?: number) {
		super(message);
		this.name = 'CodedError';
		this.code = code;
		this.retryAfter = retryAfter;
	}

	static fromWire({ code, message, retryAfter }: WireError): CodedError {
		return new CodedError(code, message, retryAfter);
	}

	toWire(): WireError {
		const { code, message, retryAfter } = this;
		return { code, message, ...(retryAfter !== undefined && { retryAfter }) };
	}
}
