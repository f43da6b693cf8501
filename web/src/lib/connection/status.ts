import type { AdmissionState } from '#shared/admission.ts';
import type { ErrorCode } from '#shared/errors.ts';
import { isWorthAnotherTry } from './consequences.ts';
import type { Connection, State } from './state.ts';

/** Where the client is on its way from the link to the room. */
export type Phase =
	| { kind: 'entering' }
	| { kind: 'lobby' }
	| { kind: 'joining' }
	| { kind: 'joined' }
	| { kind: 'left' }
	/** The lobby or the room could not be entered; `again` says whether trying again makes sense. */
	| { kind: 'failed'; code: ErrorCode; message: string; again: boolean };

/** All that the interface shows of the connection, read from the state of the machine. */
export type CallStatus = {
	readonly phase: Phase;
	readonly connection: Connection;
	/** How the room can be entered by this person; null outside of the lobby, and while it is not known. */
	readonly admissionState: AdmissionState | null;
};

/** Before the machine is in any state but its first. */
export const statusAtFirst: CallStatus = {
	phase: { kind: 'entering' },
	connection: 'connecting',
	admissionState: null,
};

/** The status to show in this state; null if the status shown before stays. */
export function statusOf(state: State): CallStatus | null {
	const show = (
		kind: Exclude<Phase['kind'], 'failed'>,
		connection: Connection = 'connected',
		admissionState: AdmissionState | null = null,
	): CallStatus => ({ phase: { kind }, connection, admissionState });
	switch (state.kind) {
		case 'idle':
			return statusAtFirst;
		case 'opening':
		case 'entering':
			return show(state.goal.kind === 'room' ? 'joining' : 'entering', state.entry.connection);
		case 'lobby':
			return show('lobby', state.entry.connection, state.admissionState);
		case 'joining':
			return show('joining', state.entry.connection, { admission: 'open', knock: 'none' });
		case 'joined':
			return show('joined');
		case 'resuming':
			return show('joined', 'reconnecting');
		case 'reloading':
			return null;
		case 'leaving':
			return show('left');
		case 'ended': {
			if (state.reason.kind !== 'failed') return show('left');
			const { code, message } = state.reason.error;
			const again = isWorthAnotherTry(code);
			return { ...show('left'), phase: { kind: 'failed', code, message, again } };
		}
	}
}
