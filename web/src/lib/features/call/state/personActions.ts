import type { RoomPolicy } from '#shared/admission.ts';
import type { CallView, PeerView } from './view.ts';

/** The actions of a host on a participant. */
export type PersonAction =
	| 'mute'
	| 'allow-to-speak'
	| 'stop-camera'
	| 'stop-share'
	| 'lower-hand'
	| 'label'
	| 'make-host'
	| 'take-host-back'
	| 'hand-over'
	| 'make-wait'
	| 'remove';

type Subject = Pick<PeerView, 'role' | 'microphoneOn' | 'cameraOn' | 'hostMuted' | 'hand'> & {
	readonly sharing: boolean;
};

/** The actions that make sense now; none for a person who is no host. */
export function personActions(
	{ role, microphoneOn, cameraOn, hostMuted, hand, sharing }: Subject,
	host: boolean,
	{ unmuting }: Pick<RoomPolicy, 'unmuting'>,
): PersonAction[] {
	if (!host) return [];
	const actions: PersonAction[] = [];
	if (microphoneOn) actions.push('mute');
	else if (hostMuted && unmuting === 'hosts') actions.push('allow-to-speak');
	if (cameraOn) actions.push('stop-camera');
	if (sharing) actions.push('stop-share');
	if (hand !== null) actions.push('lower-hand');
	actions.push('label');
	if (role === 'host') actions.push('take-host-back', 'hand-over');
	else actions.push('make-host', 'hand-over', 'make-wait', 'remove');
	return actions;
}

/** Whether the person may turn their own microphone on now. */
export function maySpeak({ you, room }: Pick<CallView, 'you' | 'room'>): boolean {
	const { inside } = you;
	if (!inside?.hostMuted || inside.role === 'host') return true;
	return room?.policy.unmuting !== 'hosts';
}

/** The participants whose hand is raised, in the order in which they raised it. */
export function handsInOrder<P extends { readonly hand: number | null }>(
	people: readonly P[],
): P[] {
	return people
		.filter(({ hand }) => hand !== null)
		.toSorted((one, other) => (one.hand ?? 0) - (other.hand ?? 0));
}
