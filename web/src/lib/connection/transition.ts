import type { AdmissionState } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import { comesBack, type Consequences } from './consequences.ts';
import { onDown, onUp, startOver, waitAgain } from './lossTransitions.ts';
import type { Command, EntryContext, Event, State } from './state.ts';
import { onAgain, onAnswered, onPrepared, onSettled, onStepFailed } from './stepTransitions.ts';
import {
	answer,
	begin,
	clear,
	enter,
	entryOf,
	fail,
	forgetPlace,
	isAway,
	isOffline,
	left,
	lobbyGoal,
	release,
	stay,
	tellLeave,
	to,
	type EventOf,
	type StateOf,
	type Transition,
} from './turns.ts';

/** The transition of an event in a state. An event without meaning in the state changes nothing. */
export function transition(state: State, event: Event, consequences: Consequences): Transition {
	if ('turn' in event && event.turn !== state.turn) return stay(state);
	if (event.kind === 'join') return onJoin(state, event);
	if (state.kind === 'ended' && state.reason.kind === 'closed') return stay(state);
	switch (event.kind) {
		case 'enter':
			return onEnter(state, event);
		case 'renamed':
			return stay(renamed(state, event.name));
		case 'step-back':
			return onStepBack(state);
		case 'leave':
			return onLeave(state);
		case 'page-gone':
			return onPageGone(state);
		case 'close':
			return to(state, { kind: 'ended', reason: { kind: 'closed' } });
		case 'up':
			return onUp(state);
		case 'down':
			return onDown(state);
		case 'unanswered':
			return state.kind === 'opening'
				? stay({ ...state, entry: { ...state.entry, connection: 'unreachable' } })
				: stay(state);
		case 'refused':
			return fail(state, event.error);
		case 'standing':
			return state.kind === 'lobby' ? onAdmission(state, event.standing) : stay(state);
		case 'room-ended':
			if (isAway(state) || comesBack(event.error.code)) return startOver(state);
			if (event.error.code === 'MOVED_TO_WAITING' && 'name' in state) return waitAgain(state);
			return fail(state, event.error);
		case 'renew':
			return startOver(state, true);
		case 'knocked':
			return state.kind === 'lobby' && state.request?.number === event.number
				? onAdmission(state, event.standing)
				: stay(state);
		case 'knock-failed':
			return onKnockFailed(state, event);
		case 'entered':
			return onEntered(state, event);
		case 'prepared':
			return onPrepared(state);
		case 'answered':
			return onAnswered(state, event.token);
		case 'settled':
			return onSettled(state);
		case 'step-failed':
			return onStepFailed(state, event.error, consequences);
		case 'again':
			return onAgain(state);
		case 'left':
			return state.kind === 'leaving' ? to(state, left) : stay(state);
	}
}

function onEnter(state: State, { connected, former }: EventOf<'enter'>): Transition {
	if (!isAway(state)) return stay(state);
	const entry: EntryContext = {
		formerPlace: former ? { token: former, gone: false } : null,
		connection: 'connecting',
	};
	return connected
		? to(state, { kind: 'entering', goal: lobbyGoal, entry }, begin, enter(entry))
		: to(state, { kind: 'opening', goal: lobbyGoal, entry }, begin);
}

function onJoin(state: State, { number, name, password }: EventOf<'join'>): Transition {
	switch (state.kind) {
		case 'opening':
		case 'entering':
			if (state.goal.kind === 'room') return stay(renamed(state, name));
			return stay({ ...state, goal: { kind: 'lobby', request: { number, name, before: null } } });
		case 'lobby': {
			if (state.admissionState.admission === 'open') return letIn(state, name);
			const before = state.request && { ...state.request, before: null };
			const request = { number, name, before };
			return stay({ ...state, request }, { kind: 'knock', number, name, password });
		}
		case 'joining':
		case 'resuming':
			return stay(state);
		case 'joined':
			return stay(state, answer(null));
		default: {
			const reason = state.kind === 'ended' ? state.reason : left.reason;
			const failed = reason.kind === 'failed' ? reason.error : null;
			return stay(state, answer(failed ?? new CodedError('WRONG_PHASE')));
		}
	}
}

/** The room takes this person. */
function letIn(state: StateOf<'lobby'>, name: string): Transition {
	const { entry, ready, turn } = state;
	const joining = { kind: 'joining', name, token: null, entry } as const;
	if (!ready) return stay({ ...joining, step: 'preparing', turn });
	return to(state, { ...joining, step: 'asking' }, { kind: 'join', name, token: null });
}

function onStepBack(state: State): Transition {
	if (isAway(state)) return stay(state);
	const connection = state.kind === 'resuming' ? 'reconnecting' : 'connected';
	const entry = entryOf(state) ?? { formerPlace: null, connection };
	return state.kind === 'opening' || isOffline(state)
		? to(state, { kind: 'opening', goal: lobbyGoal, entry }, clear, answer(null))
		: to(state, { kind: 'entering', goal: lobbyGoal, entry }, clear, answer(null), enter(entry));
}

function onLeave(state: State): Transition {
	const closing = [forgetPlace, release, answer(null)];
	return isAway(state)
		? to(state, left, ...closing)
		: to(state, { kind: 'leaving' }, tellLeave(false), ...closing);
}

function onPageGone(state: State): Transition {
	if (isAway(state)) return stay(state);
	const own = 'token' in state ? state.token : null;
	const token = own ?? entryOf(state)?.formerPlace?.token;
	return to(
		state,
		{ kind: 'reloading' },
		...(token ? [{ kind: 'keep-place', token } as const] : []),
		tellLeave(true),
		release,
		answer(null),
	);
}

/** How the person stands in the lobby from now on. */
function onAdmission(
	before: StateOf<'lobby'>,
	admissionState: AdmissionState,
	...first: Command[]
): Transition {
	const state = { ...before, admissionState };
	const { request } = state;
	if (!request) return stay(state, ...first);
	if (admissionState.admission === 'open') {
		const next = letIn({ ...state, request: null }, request.name);
		return { state: next.state, commands: [...first, ...next.commands] };
	}
	return admissionState.admission === 'knock' && admissionState.knock !== 'declined'
		? stay(state, ...first)
		: stay({ ...state, request: null }, ...first, answer(refusal(admissionState)));
}

/** Why a person who asked is not waiting any more. */
function refusal({ admission }: AdmissionState): CodedError {
	switch (admission) {
		case 'removed':
			return new CodedError('REMOVED');
		case 'locked':
			return new CodedError('NOT_ADMITTED', 'A host locked the room.');
		case 'password':
			return new CodedError('NOT_ADMITTED', 'This room needs a password.');
		default:
			return new CodedError('NOT_ADMITTED', "A host didn't let you in.");
	}
}

function onKnockFailed(state: State, event: EventOf<'knock-failed'>): Transition {
	const { error, number, password } = event;
	// The connection was lost: it is asked again from the next lobby.
	if (error.code === 'UNAVAILABLE' && !password) return stay(state);
	if (state.kind === 'lobby' && state.request?.number === number)
		return stay({ ...state, request: state.request.before }, answer(error));
	if (state.kind !== 'opening' && state.kind !== 'entering') return stay(state);
	const { goal } = state;
	return goal.kind === 'lobby' && goal.request?.number === number
		? stay({ ...state, goal: { ...goal, request: goal.request.before } }, answer(error))
		: stay(state);
}

function onEntered(state: State, { admission, kept, over }: EventOf<'entered'>): Transition {
	if (state.kind === 'resuming') return stay({ ...state, step: 'preparing' });
	if (state.kind !== 'entering') return stay(state);
	const { turn, goal } = state;
	const { formerPlace } = state.entry;
	// If the place of the previous page is gone, this client comes in like any other.
	const shutOut = formerPlace !== null && !formerPlace.gone && !kept;
	const first = shutOut ? [forgetPlace] : [];
	if (shutOut && over) return fail(state, new CodedError('CALL_OVER'), ...first, tellLeave(false));
	const entry: EntryContext = shutOut
		? { ...state.entry, formerPlace: { ...formerPlace, gone: true } }
		: state.entry;
	if (goal.kind === 'room') {
		const { name } = goal;
		return stay({ kind: 'joining', name, token: null, step: 'preparing', entry, turn }, ...first);
	}
	const { request } = goal;
	const admissionState = { admission, knock: 'none' } as const;
	const lobby = { kind: 'lobby', admissionState, request, ready: false, entry, turn } as const;
	if (request && shutOut && admission !== 'open')
		return stay({ ...lobby, request: null }, ...first, answer(new CodedError('NOT_ADMITTED')));
	if (request && admission === 'knock')
		first.push({ kind: 'knock', number: request.number, name: request.name });
	return onAdmission(lobby, admissionState, ...first);
}

/** A client that has to join again does so under this name. */
function renamed(state: State, name: string): State {
	switch (state.kind) {
		case 'opening':
		case 'entering':
			return state.goal.kind === 'room' ? { ...state, goal: { ...state.goal, name } } : state;
		case 'joining':
		case 'joined':
		case 'resuming':
			return { ...state, name };
		default:
			return state;
	}
}
