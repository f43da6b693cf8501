import type { CodedError } from '#shared/errors.ts';
import type { Command, EntryContext, Event, Goal, State } from './state.ts';

// What the transitions are made of: states, commands, and the two ways to go on: in the same turn, or in another one.

/** The state that follows, and what the machine begins then. */
export type Transition = { readonly state: State; readonly commands: readonly Command[] };

/** The event of this kind. */
export type EventOf<K extends Event['kind']> = Extract<Event, { kind: K }>;
/** The state of this kind. */
export type StateOf<K extends State['kind']> = Extract<State, { kind: K }>;

/** The person left. */
export const left = { kind: 'ended', reason: { kind: 'left' } } as const;
/** The goal of a person who has not asked to join. */
export const lobbyGoal: Goal = { kind: 'lobby', request: null };
export const begin: Command = { kind: 'begin' };
export const lost: Command = { kind: 'lost' };
export const clear: Command = { kind: 'clear' };
export const pause: Command = { kind: 'pause' };
export const release: Command = { kind: 'release' };
export const forgetPlace: Command = { kind: 'keep-place', token: null };
export const enter = (entry: EntryContext | null): Command => ({
	kind: 'enter',
	former: entry?.formerPlace?.token ?? null,
});
export const answer = (error: CodedError | null): Command => ({ kind: 'answer', error });
export const tellLeave = (unloading: boolean): Command => ({ kind: 'tell-leave', unloading });

/** Continues in the same turn: results of what is under way still count. */
export const stay = (state: State, ...commands: Command[]): Transition => ({ state, commands });

type WithoutTurn<S> = S extends unknown ? Omit<S, 'turn'> : never;

/** Begins another turn: nothing that is under way counts any more. */
export const to = (
	{ turn }: State,
	next: WithoutTurn<State>,
	...commands: readonly Command[]
): Transition => ({ state: { ...next, turn: turn + 1 }, commands });

/** Whether nothing is wanted of the server. */
export const isAway = ({ kind }: State): boolean =>
	kind === 'idle' || kind === 'ended' || kind === 'leaving' || kind === 'reloading';

/** Whether the client was inside and has no connection. */
export const isOffline = (state: State): boolean =>
	state.kind === 'resuming' && state.step === 'offline';

/** The entry of a client on its way in; null for any other. */
export const entryOf = (state: State): EntryContext | null =>
	'entry' in state ? state.entry : null;

/** The end by an error. */
export const fail = (state: State, error: CodedError, ...first: Command[]): Transition =>
	to(state, { kind: 'ended', reason: { kind: 'failed', error } }, ...first, answer(error), release);

/** Whether the server has this client inside, and the client does not show it yet. */
export const isSettling = (state: State): state is StateOf<'joining'> =>
	state.kind === 'joining' && state.step === 'settling';

/** The state of a client that was in the room and comes back; without the step that it has come to. */
export const resumingOf = ({ name, token }: StateOf<'joining' | 'joined' | 'resuming'>) =>
	({ kind: 'resuming', name, token }) as const;

/** What the client still wants when it has to enter again. */
export function goalOf(state: StateOf<'entering' | 'lobby' | 'joining'>): Goal {
	switch (state.kind) {
		case 'lobby':
			return { kind: 'lobby', request: state.request };
		case 'joining':
			return { kind: 'room', name: state.name };
		default:
			return state.goal;
	}
}
