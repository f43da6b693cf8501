import type { EntryContext, Goal, State } from './state.ts';
import {
	clear,
	enter,
	goalOf,
	isOffline,
	isSettling,
	left,
	lost,
	resumingOf,
	stay,
	to,
	type StateOf,
	type Transition,
} from './turns.ts';

// The transitions of a client that lost its connection, or its session on the server, and of one that connects again.

/** The connection is there. */
export function onUp(state: State): Transition {
	if (state.kind === 'opening')
		return to(state, { ...state, kind: 'entering' }, enter(state.entry));
	if (state.kind !== 'resuming' || !isOffline(state)) return stay(state);
	const { name, token } = state;
	return token
		? to(state, { ...state, step: 'asking' }, { kind: 'join', name, token })
		: to(state, { ...state, step: 'entering' }, enter(null));
}

/** The connection is lost. */
export function onDown(state: State): Transition {
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
	return to(state, { ...resumingOf(state), step: 'offline' }, lost);
}

/**
 * The server's record of this client is gone, or of no use. The client enters again, as a new peer.
 *
 * @param wanted whether the client itself wants that, and nothing is lost
 */
export function startOver(state: State, wanted = false): Transition {
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
	return to(state, { ...resumingOf(state), token: null, step: 'entering' }, lost, enter(null));
}

/** A host moved the person to the waiting room: from the lobby they ask to join again, under the same name (ADMISSION-5). */
export function waitAgain(state: StateOf<'joining' | 'joined' | 'resuming'>): Transition {
	if (isOffline(state)) return stay(state);
	const goal: Goal = { kind: 'lobby', request: { number: 0, name: state.name, before: null } };
	const entry: EntryContext = { formerPlace: null, connection: 'connected' };
	return to(state, { kind: 'entering', goal, entry }, clear, enter(entry));
}
