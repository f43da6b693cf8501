import type { AdmissionState } from '#shared/admission.ts';
import { CodedError } from '#shared/errors.ts';
import type { ResumeToken } from '#shared/ids.ts';
import { comesBack, type Consequences, type Step } from './consequences.ts';
import type { Command, Event, Goal, State, EntryContext } from './state.ts';

export type Transition = { readonly state: State; readonly commands: readonly Command[] };

/** The event of this kind. */
type EventOf<K extends Event['kind']> = Extract<Event, { kind: K }>;
/** In a state. */
type StateOf<K extends State['kind']> = Extract<State, { kind: K }>;

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

const left = { kind: 'ended', reason: { kind: 'left' } } as const;
const lobbyGoal: Goal = { kind: 'lobby', request: null };
const begin: Command = { kind: 'begin' };
const lost: Command = { kind: 'lost' };
const clear: Command = { kind: 'clear' };
const pause: Command = { kind: 'pause' };
const release: Command = { kind: 'release' };
const forgetPlace: Command = { kind: 'keep-place', token: null };
const enter = (entry: EntryContext | null): Command => ({
	kind: 'enter',
	former: entry?.formerPlace?.token ?? null,
});
const answer = (error: CodedError | null): Command => ({ kind: 'answer', error });
const tellLeave = (unloading: boolean): Command => ({ kind: 'tell-leave', unloading });

/** Continues in the same turn: results of what is under way still count. */
const stay = (state: State, ...commands: Command[]): Transition => ({ state, commands });

type WithoutTurn<S> = S extends unknown ? Omit<S, 'turn'> : never;

/** Begins another turn: nothing that is under way counts any more. */
const to = (
	{ turn }: State,
	next: WithoutTurn<State>,
	...commands: readonly Command[]
): Transition => ({ state: { ...next, turn: turn + 1 }, commands });

/** Whether nothing is wanted of the server. */
const isAway = ({ kind }: State): boolean =>
	kind === 'idle' || kind === 'ended' || kind === 'leaving' || kind === 'reloading';

/** Whether the client was inside and has no connection. */
const isOffline = (state: State): boolean => state.kind === 'resuming' && state.step === 'offline';

const entryOf = (state: State): EntryContext | null => ('entry' in state ? state.entry : null);

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

function onUp(state: State): Transition {
	if (state.kind === 'opening')
		return to(state, { ...state, kind: 'entering' }, enter(state.entry));
	if (state.kind !== 'resuming' || !isOffline(state)) return stay(state);
	const { name, token } = state;
	return token
		? to(state, { ...state, step: 'asking' }, { kind: 'join', name, token })
		: to(state, { ...state, step: 'entering' }, enter(null));
}

function onDown(state: State): Transition {
	switch (state.kind) {
		case 'leaving':
			return to(state, left);
		case 'entering':
		case 'lobby':
		case 'joining':
			if (isSettling(state)) break;
			return to(
				state,
				{
					kind: 'opening',
					goal: goalOf(state),
					entry: { ...state.entry, connection: 'reconnecting' },
				},
				lost,
			);
		case 'joined':
		case 'resuming':
			break;
		default:
			return stay(state);
	}
	return to(state, { ...inside(state), step: 'offline' }, lost);
}

/** Whether the server has this client inside, and the client does not show it yet. */
const isSettling = (state: State): state is StateOf<'joining'> =>
	state.kind === 'joining' && state.step === 'settling';

/** Events of a client that is in the room, or was. */
const inside = ({ name, token }: StateOf<'joining' | 'joined' | 'resuming'>) =>
	({ kind: 'resuming', name, token }) as const;

function goalOf(state: StateOf<'entering' | 'lobby' | 'joining'>): Goal {
	switch (state.kind) {
		case 'lobby':
			return { kind: 'lobby', request: state.request };
		case 'joining':
			return { kind: 'room', name: state.name };
		default:
			return state.goal;
	}
}

/**
 * The server's record of this client is gone, or of no use. The client enters again, as a new peer.
 *
 * @param wanted whether the client itself wants that, and nothing is lost
 */
function startOver(state: State, wanted = false): Transition {
	switch (state.kind) {
		case 'entering':
		case 'lobby':
		case 'joining': {
			if (isSettling(state)) break;
			const connection = wanted ? state.entry.connection : 'reconnecting';
			const entry: EntryContext = { ...state.entry, connection };
			return to(state, { kind: 'entering', goal: goalOf(state), entry }, lost, enter(entry));
		}
		case 'resuming':
			if (isOffline(state)) return stay(state);
			break;
		case 'joined':
			break;
		default:
			return stay(state);
	}
	return to(state, { ...inside(state), token: null, step: 'entering' }, lost, enter(null));
}

/** A host moved the person to the waiting room: from the lobby they ask to join again, under the same name (ADMISSION-5). */
function waitAgain(state: StateOf<'joining' | 'joined' | 'resuming'>): Transition {
	if (isOffline(state)) return stay(state);
	const goal: Goal = { kind: 'lobby', request: { number: 0, name: state.name, before: null } };
	const entry: EntryContext = { formerPlace: null, connection: 'connected' };
	return to(state, { kind: 'entering', goal, entry }, clear, enter(entry));
}

const fail = (state: State, error: CodedError, ...first: Command[]): Transition =>
	to(state, { kind: 'ended', reason: { kind: 'failed', error } }, ...first, answer(error), release);

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

function onPrepared(state: State): Transition {
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

function onAnswered(state: State, token: ResumeToken | null): Transition {
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

function onSettled(state: State): Transition {
	if (state.kind !== 'joining' && state.kind !== 'resuming') return stay(state);
	const { name, token } = state;
	return to(state, { kind: 'joined', name, token }, answer(null), forgetPlace);
}

function onStepFailed(state: State, error: CodedError, consequences: Consequences): Transition {
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

function onAgain(state: State): Transition {
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
