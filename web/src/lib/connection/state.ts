import type { Admission, AdmissionState } from '#shared/admission.ts';
import type { CodedError } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';

/** The signalling connection. Media may still flow while it is lost. `unreachable`: outside of a room, no server answers. */
export type Connection = 'connecting' | 'connected' | 'reconnecting' | 'unreachable';

/**
 * A request of the person to join under this name. `before`: the request that continues if the password of this one is
 * wrong.
 */
export type Request = { number: number; name: string; before: Request | null };

/** The place of the page before this one. `gone`: the server did not keep it. */
export type FormerPlace = { token: ResumeToken; gone: boolean };

/** Where the lobby is a step to: itself, until the person is let in who asked, or the room. */
export type Goal = { kind: 'lobby'; request: Request | null } | { kind: 'room'; name: string };

/** What a client keeps until it is in the room: the place that it takes over, and how the connection is. */
export type EntryContext = { formerPlace: FormerPlace | null; connection: Connection };

/**
 * How far the way in is: there is no connection, the lobby is asked for, the transports are made, `room:join` is asked for, or its
 * answer is being taken in.
 */
type Step = 'offline' | 'entering' | 'preparing' | 'asking' | 'settling';

/**
 * The state of a client towards one room, or towards matching. Each `turn` numbers what the client has begun: results
 * of earlier turns are ignored.
 */
export type State = { readonly turn: number } & (
	| { kind: 'idle' }
	/** There is no connection: not yet, or not any more. */
	| { kind: 'opening'; goal: Goal; entry: EntryContext }
	/** The lobby is asked for, or will be after a pause. */
	| { kind: 'entering'; goal: Goal; entry: EntryContext }
	/** `ready`: the transports are there, and a join can be sent. */
	| {
			kind: 'lobby';
			admissionState: AdmissionState;
			request: Request | null;
			ready: boolean;
			entry: EntryContext;
	  }
	| {
			kind: 'joining';
			name: string;
			step: Extract<Step, 'preparing' | 'asking' | 'settling'>;
			token: ResumeToken | null;
			entry: EntryContext;
	  }
	| { kind: 'joined'; name: string; token: ResumeToken | null }
	/** The client was inside and is on its way back, to the same peer as long as there is a token. */
	| { kind: 'resuming'; name: string; step: Step; token: ResumeToken | null }
	/** The page goes, and may be on its way back. */
	| { kind: 'reloading' }
	/** The server is told that the person leaves. */
	| { kind: 'leaving' }
	| { kind: 'ended'; reason: Reason }
);
/** Nothing leads out of `closed`: its page is gone. */
type Reason = { kind: 'left' } | { kind: 'failed'; error: CodedError } | { kind: 'closed' };

/** The actions of the person, the connection and the server. An event with a `turn` is the result of a command. */
export type Event =
	| { kind: 'enter'; connected: boolean; former?: ResumeToken | null }
	| { kind: 'join'; number: number; name: string; password?: string }
	| { kind: 'renamed'; name: string }
	/** The person waits in the lobby no longer, or goes back to it. */
	| { kind: 'step-back' }
	| { kind: 'leave' }
	| { kind: 'page-gone' }
	| { kind: 'close' }
	| { kind: 'up' }
	| { kind: 'down' }
	/** The server did not answer. */
	| { kind: 'unanswered' }
	/** The server does not let this client connect, or refused something without which there is no session. */
	| { kind: 'refused'; error: CodedError }
	| { kind: 'standing'; standing: AdmissionState }
	/** The server put this client out. */
	| { kind: 'room-ended'; error: CodedError }
	/** Another lobby is needed, and the way on from there is the same. */
	| { kind: 'renew' }
	| { kind: 'knocked'; number: number; standing: AdmissionState }
	| { kind: 'knock-failed'; number: number; error: CodedError; password: boolean }
	/** `over`: it is a call that everyone has left. */
	| { kind: 'entered'; turn: number; admission: Admission; kept: boolean; over: boolean }
	| { kind: 'prepared'; turn: number }
	| { kind: 'answered'; turn: number; token: ResumeToken | null }
	| { kind: 'settled'; turn: number }
	| { kind: 'step-failed'; turn: number; error: CodedError }
	| { kind: 'again'; turn: number }
	| { kind: 'left'; turn: number };

/**
 * A step that the machine begins at once, in the turn that the transition has begun. Its result is sent as an event of
 * that turn.
 */
export type Command =
	/** Connects, and opens the devices. */
	| { kind: 'begin' }
	/** Asks for a lobby, in place of the session there is, and makes the transports. */
	| { kind: 'enter'; former: ResumeToken | null }
	/** With a token, takes over the peer that the client was. */
	| { kind: 'join'; name: string; token: ResumeToken | null }
	/** Tries again after a pause. */
	| { kind: 'pause' }
	| { kind: 'knock'; number: number; name: string; password?: string }
	/** The connection is lost, or the session of this client on the server. */
	| { kind: 'lost' }
	/** Closes the session, and shows no peers any more. */
	| { kind: 'clear' }
	/** Closes the session, and lets the devices and the place of the page go. */
	| { kind: 'release' }
	| { kind: 'tell-leave'; unloading: boolean }
	/** For the page that is loaded next; with null, nothing is kept for it any more. */
	| { kind: 'keep-place'; token: ResumeToken | null }
	/** Settles the request to join: the person is in the room, or will not be. */
	| { kind: 'answer'; error: CodedError | null };

/** Whether the person wants to be inside, or is. */
export function isWanted(state: State): boolean {
	if (state.kind === 'opening' || state.kind === 'entering')
		return state.goal.kind === 'room' || state.goal.request !== null;
	return state.kind === 'joining' || state.kind === 'joined' || state.kind === 'resuming';
}

/** Whether the server has the session of this client, and hears the requests that state something about it. */
export function isHeard(state: State): boolean {
	if (state.kind !== 'resuming')
		return state.kind === 'lobby' || state.kind === 'joining' || state.kind === 'joined';
	const { step, token } = state;
	return step === 'preparing' || step === 'settling' || (step === 'asking' && token === null);
}

export const idle: State = { kind: 'idle', turn: 0 };
