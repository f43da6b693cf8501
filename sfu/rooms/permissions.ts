import type { RequestName } from '#shared/protocol.ts';

/** Where a socket is: nowhere yet, in a room's lobby, or in the room. */
export type Phase = 'outside' | 'lobby' | 'room';

const always: ReadonlySet<Phase> = new Set<Phase>(['outside', 'lobby', 'room']);

/** In which phases each request makes sense (R13, R16). The chat is there before, during and after the call. */
const phases: Record<RequestName, ReadonlySet<Phase>> = {
	'lobby:enter': always,
	'lobby:prepare': new Set<Phase>(['lobby']),
	'room:join': always,
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
	'chat:open': always,
	'chat:enter': always,
	'chat:close': always,
	'chat:page': always,
	'chat:changes': always,
	'chat:post': always,
	'chat:edit': always,
	'chat:delete': always,
	'chat:react': always,
	'chat:correct': always,
	'chat:typing': always,
	'chat:read': always,
	'chat:search': always,
	'chat:retain': always,
};

/** Whether a socket in this phase may make this request at all. */
export function mayAsk(name: RequestName, phase: Phase): boolean {
	return phases[name].has(phase);
}

/** Whether one more person fits (R20). */
export function hasPlace(present: number, policy: { maxPeers: number }): boolean {
	return present < policy.maxPeers;
}
