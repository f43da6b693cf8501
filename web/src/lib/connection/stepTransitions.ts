import type { CodedError } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';
import type { Consequences, Step } from './consequences.ts';
import type { State } from './state.ts';
import {
	answer,
	clear,
	enter,
	entryOf,
	fail,
	forgetPlace,
	goalOf,
	lobbyGoal,
	pause,
	stay,
	tellLeave,
	to,
	type Transition,
} from './turns.ts';

// The transitions at the result of a step on the way in: it succeeded, or failed and is tried again after a pause.

/** The transports are there. */
export function onPrepared(state: State): Transition {
	const ready = state.kind === 'lobby' || state.kind === 'joining';
	const next: State = ready
		? { ...state, entry: { ...state.entry, connection: 'connected' } }
		: state;
	switch (next.kind) {
		case 'lobby':
			return to(state, { ...next, ready: true });
		case 'joining':
		case 'resuming': {
			const { name } = next;
			return to(state, { ...next, step: 'asking' }, { kind: 'join', name, token: null });
		}
		default:
			return stay(state);
	}
}

/** The server answered `room:join`. */
export function onAnswered(state: State, token: ResumeToken | null): Transition {
	switch (state.kind) {
		case 'joining':
			return stay({
				...state,
				step: 'settling',
				token,
				entry: { ...state.entry, formerPlace: null },
			});
		case 'resuming':
			return stay({ ...state, step: 'settling', token });
		default:
			return stay(state);
	}
}

/** The answer is taken in. */
export function onSettled(state: State): Transition {
	if (state.kind !== 'joining' && state.kind !== 'resuming') return stay(state);
	const { name, token } = state;
	return to(state, { kind: 'joined', name, token }, answer(null), forgetPlace);
}

/** The server refused the step that is under way. */
export function onStepFailed(
	state: State,
	error: CodedError,
	consequences: Consequences,
): Transition {
	const step = stepOf(state);
	if (!step) return stay(state);
	switch (consequences(step, error.code, state.kind === 'resuming')) {
		case 'again':
			return pauseIn(state, step === 'enter');
		case 'start-over':
			return pauseIn(state.kind === 'resuming' ? { ...state, token: null } : state, true);
		case 'decline': {
			const entry = entryOf(state) ?? { formerPlace: null, connection: 'reconnecting' };
			return to(state, { kind: 'entering', goal: lobbyGoal, entry }, clear, answer(error), pause);
		}
		case 'fail':
			// The lobby may have been fit for others.
			return fail(state, error, tellLeave(false));
	}
}

/** Which request is under way; null where none is. */
function stepOf(state: State): Step | null {
	switch (state.kind) {
		case 'entering':
			return 'enter';
		case 'lobby':
			return state.ready ? null : 'enter';
		case 'joining':
		case 'resuming':
			if (state.step === 'entering' || state.step === 'preparing') return 'enter';
			return state.kind === 'resuming' && state.token ? 'resume' : 'join';
		default:
			return null;
	}
}

/** Tries the same again after a pause; with `anew`, from a new lobby on. */
function pauseIn(state: State, anew: boolean): Transition {
	if (state.kind === 'resuming')
		return to(state, anew ? { ...state, step: 'entering' } : state, pause);
	if (!anew || (state.kind !== 'entering' && state.kind !== 'lobby' && state.kind !== 'joining'))
		return to(state, state, pause);
	return to(state, { kind: 'entering', goal: goalOf(state), entry: state.entry }, pause);
}

/** The pause is over. */
export function onAgain(state: State): Transition {
	switch (state.kind) {
		case 'entering':
			return to(state, state, enter(state.entry));
		case 'joining':
		case 'resuming': {
			if (state.step === 'entering') return to(state, state, enter(null));
			const { name, token } = state;
			return to(state, state, { kind: 'join', name, token });
		}
		default:
			return stay(state);
	}
}
