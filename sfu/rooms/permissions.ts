import type { RoomPolicy } from '#shared/admission.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Role } from '#shared/members.ts';
import type { RequestName } from '#shared/protocol.ts';

/** The state of a socket: outside, in a room's lobby, in the room, or in matching. */
export type Phase = 'outside' | 'lobby' | 'room' | 'match';

const always: ReadonlySet<Phase> = new Set<Phase>(['outside', 'lobby', 'room', 'match']);

/** The phases in which each request is valid (LOBBY-4, ROOM-2). Chat is valid before, during and after the call. */
const phases: Record<RequestName, ReadonlySet<Phase>> = {
	'lobby:enter': always,
	'lobby:prepare': new Set<Phase>(['lobby']),
	'room:join': always,
	'room:leave': new Set<Phase>(['lobby', 'room']),
	'room:hand': new Set<Phase>(['room']),
	'room:react': new Set<Phase>(['room']),
	'room:name': always,
	'room:rename': new Set<Phase>(['room']),
	'room:knock': new Set<Phase>(['lobby']),
	'host:policy': new Set<Phase>(['room']),
	'host:mute': new Set<Phase>(['room']),
	'host:mute-all': new Set<Phase>(['room']),
	'host:stop-camera': new Set<Phase>(['room']),
	'host:stop-share': new Set<Phase>(['room']),
	'host:lower-hand': new Set<Phase>(['room']),
	'host:remove': new Set<Phase>(['room']),
	'host:removed': new Set<Phase>(['room']),
	'host:allow': new Set<Phase>(['room']),
	'host:name': new Set<Phase>(['room']),
	'host:hand-over': new Set<Phase>(['room']),
	'host:label': new Set<Phase>(['room']),
	'host:make-wait': new Set<Phase>(['room']),
	'host:admit': new Set<Phase>(['room']),
	'host:admit-all': new Set<Phase>(['room']),
	'host:decline': new Set<Phase>(['room']),
	'host:end-call': new Set<Phase>(['room']),
	'encryption:rekey': new Set<Phase>(['room']),
	'encryption:chain': always,
	'media:connect': new Set<Phase>(['lobby', 'room', 'match']),
	'media:restart-ice': new Set<Phase>(['lobby', 'room', 'match']),
	'media:ice-servers': new Set<Phase>(['lobby', 'room', 'match']),
	'media:produce': new Set<Phase>(['lobby', 'room', 'match']),
	'media:update': new Set<Phase>(['lobby', 'room', 'match']),
	'media:close': new Set<Phase>(['lobby', 'room', 'match']),
	'media:loopback': new Set<Phase>(['lobby', 'match']),
	'media:resume': new Set<Phase>(['lobby', 'room', 'match']),
	'media:keyframe': new Set<Phase>(['lobby', 'room', 'match']),
	'media:hearing': new Set<Phase>(['room']),
	'media:quality': new Set<Phase>(['room']),
	'media:want': new Set<Phase>(['room', 'match']),
	'match:enter': always,
	'match:start': new Set<Phase>(['match']),
	'match:next': new Set<Phase>(['match']),
	'match:stop': new Set<Phase>(['match']),
	'match:leave': new Set<Phase>(['match']),
	'match:post': new Set<Phase>(['match']),
	'match:typing': new Set<Phase>(['match']),
	'match:keep': new Set<Phase>(['match']),
	'match:block': new Set<Phase>(['match']),
	'match:report': new Set<Phase>(['match']),
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
	'people:enter': always,
	'people:idle': always,
	'people:choose': always,
	'people:open': always,
	'people:close': always,
	'people:add': always,
	'people:add-by-code': always,
	'people:remove': always,
	'people:block': always,
	'people:unblock': always,
	'people:blocked': always,
	'people:code': always,
	'people:direct': always,
	'people:history': always,
	'call:start': always,
	'call:accept': always,
	'call:decline': always,
	'call:cancel': always,
};

/** Whether a person in this phase is in a call. In matching this depends on the queue (PEOPLE-6). */
export const isInCall = (phase: Phase): boolean => phase === 'room';

/** Whether a socket in this phase may make this request. */
export function mayAsk(name: RequestName, phase: Phase): boolean {
	return phases[name].has(phase);
}

/** Whether a person in this role may send this source in a room with this policy (HOST-8). */
export function maySend(
	source: MediaSource,
	role: Role,
	policy: Pick<RoomPolicy, 'sharing'>,
): boolean {
	const shares = source === 'screen' || source === 'screen-audio';
	return !shares || role === 'host' || policy.sharing === 'everybody';
}

/** Whether a person whom a host muted may unmute without permission (HOST-3). */
export function mayUnmute(role: Role, policy: Pick<RoomPolicy, 'unmuting'>): boolean {
	return role === 'host' || policy.unmuting === 'everybody';
}

/** Whether one more person fits into the room (ROOM-6). */
export function hasPlace(present: number, policy: { maxPeers: number }): boolean {
	return present < policy.maxPeers;
}
