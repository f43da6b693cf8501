import type { RequestName } from '#shared/protocol.ts';

/** Where a socket is: nowhere yet, in a room's lobby, or in the room. */
export type Phase = 'outside' | 'lobby' | 'room';

/** In which phases each request makes sense (R13, R16). */
const phases: Record<RequestName, ReadonlySet<Phase>> = {
	'lobby:enter': new Set<Phase>(['outside', 'lobby', 'room']),
	'lobby:prepare': new Set<Phase>(['lobby']),
	'room:join': new Set<Phase>(['outside', 'lobby', 'room']),
	'room:leave': new Set<Phase>(['lobby', 'room']),
	'media:connect': new Set<Phase>(['lobby', 'room']),
	'media:restart-ice': new Set<Phase>(['lobby', 'room']),
	'media:produce': new Set<Phase>(['lobby', 'room']),
	'media:update': new Set<Phase>(['lobby', 'room']),
	'media:close': new Set<Phase>(['lobby', 'room']),
	'media:loopback': new Set<Phase>(['lobby']),
	'media:resume': new Set<Phase>(['lobby', 'room']),
	'media:keyframe': new Set<Phase>(['lobby', 'room']),
	'media:want': new Set<Phase>(['room']),
};

/** Whether a socket in this phase may make this request at all. */
export function mayAsk(name: RequestName, phase: Phase): boolean {
	return phases[name].has(phase);
}

/** Whether one more person fits (R20). */
export function hasPlace(present: number, policy: { maxPeers: number }): boolean {
	return present < policy.maxPeers;
}
